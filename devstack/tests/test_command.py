"""`python -m devstack -- COMMAND`: what the command finds, and what its caller gets back."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.tests.command import Devstack

USE_BOTH = """
import os, environ, psycopg, redis
database = environ.Env().db("DATABASE_URL")
assert database["ENGINE"] == "django.db.backends.postgresql", database
names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
with psycopg.connect(**{name: database[key] for name, key in names.items()}) as connection:
    version = connection.execute("SHOW server_version").fetchone()[0]
    count = connection.execute("CREATE TABLE IF NOT EXISTS kept (); SELECT 1").rowcount
with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
    print(version.split(".")[0], client.ping())
"""
ECHO_URLS = "echo $DATABASE_URL $REDIS_URL"


class TestTheCommand:
    def test_finds_both_servers_by_their_urls(self, devstack: Devstack) -> None:
        result = devstack.run(sys.executable, "-c", USE_BOTH)
        assert (result.returncode, result.stdout) == (0, "18 True\n"), result.stderr

    def test_finds_its_data_again(self, devstack: Devstack) -> None:
        store = (
            'import os, psycopg; psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).execute("{}")'
        )
        assert devstack.run(sys.executable, "-c", store.format("CREATE TABLE kept ()")).returncode == 0
        assert devstack.run(sys.executable, "-c", store.format("DROP TABLE kept")).returncode == 0

    def test_keeps_urls_that_were_given(self, tmp_path: Path) -> None:
        given = Devstack(tmp_path, DATABASE_URL="postgres://u@elsewhere/d", REDIS_URL="redis://elsewhere")
        assert given.run("sh", "-c", ECHO_URLS).stdout == "postgres://u@elsewhere/d redis://elsewhere\n"
        assert not [*tmp_path.rglob("postgres")]

    def test_shares_the_servers_of_a_running_one(self, devstack: Devstack) -> None:
        with devstack.begin("sh", "-c", f"{ECHO_URLS}; exec sleep 30") as first:
            assert first.stdout
            urls = first.stdout.readline()
            assert devstack.run("sh", "-c", ECHO_URLS).stdout == urls
            assert devstack.run("sh", "-c", ECHO_URLS).stdout == urls
            first.terminate()

    def test_works_in_a_folder_too_deep_for_a_socket(self, tmp_path: Path) -> None:
        deep = tmp_path / "-".join(["deep"] * 40)
        assert Devstack(deep).run("true").returncode == 0


class TestTheExitCode:
    @pytest.mark.parametrize(
        ("command", "code"),
        [(("sh", "-c", "exit 7"), 7), (("sh", "-c", "kill -9 $$"), 137), (("no-such",), 127)],
    )
    def test_is_the_commands(self, tmp_path: Path, command: tuple[str, ...], code: int) -> None:
        given = Devstack(tmp_path, DATABASE_URL="postgres://u@elsewhere/d", REDIS_URL="redis://elsewhere")
        assert given.run(*command).returncode == code


class TestASignal:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_reaches_the_command_while_the_servers_still_run(self, devstack: Devstack, number: int) -> None:
        wait = f"""
import os, psycopg, signal, sys
def end(*_):
    psycopg.connect(os.environ["DATABASE_URL"]).close()
    sys.exit(9)
signal.signal({int(number)}, end)
print("ready", flush=True)
signal.pause()
"""
        with devstack.begin(sys.executable, "-c", wait) as process:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)
            assert process.wait(30) == 9

    def test_during_start_up_ends_it_in_order(self, devstack: Devstack) -> None:
        with devstack.begin("sleep", "30") as process:
            while not [*devstack.folder.glob("demo/postgres/data/postmaster.pid")]:
                assert process.poll() is None
            process.terminate()
            assert process.wait(30) == 128 + signal.SIGTERM

    @pytest.mark.needs("terminal")
    def test_of_the_terminal_comes_once_and_spares_the_servers(self, devstack: Devstack) -> None:
        counting = (
            "import os, redis, signal, time; got = []; signal.signal(2, lambda *_: got.append(1));"
            "print('ready', flush=True); time.sleep(1);"
            "print(redis.Redis.from_url(os.environ['REDIS_URL']).ping() and len(got))"
        )
        # `script` runs the command in a terminal of its own; byte 3 on its standard input is Ctrl-C.
        line = f'{sys.executable} -m devstack -- {sys.executable} -c "{counting}"'
        with subprocess.Popen(
            ["script", "-qec", line, "/dev/null"],
            env=devstack.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as terminal:
            assert terminal.stdin and terminal.stdout
            assert terminal.stdout.readline() == "ready\n"
            terminal.stdin.write("\x03")
            terminal.stdin.flush()
            assert "1\n" in terminal.stdout.read()
