"""Decoding of form-encoded parameters."""

import pytest

from stripe_simulator.errors import InvalidRequest
from stripe_simulator.forms import decode


class TestAForm:
    @pytest.mark.parametrize(
        ("encoded", "tree"),
        [
            ("a=1&b=", {"a": "1", "b": ""}),
            ("a[b][0][c]=x%20y", {"a": {"b": {"0": {"c": "x y"}}}}),
            ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
            ("metadata[k-1.x]=v", {"metadata": {"k-1.x": "v"}}),
            ("", {}),
        ],
    )
    def test_is_a_tree(self, encoded, tree):
        assert decode(encoded) == tree

    @pytest.mark.parametrize("encoded", ["a=1&a[b]=2", "a[b]=2&a=1", "a[b=1", "[a]=1", "a[b]c=1"])
    def test_that_contradicts_itself_is_refused(self, encoded):
        with pytest.raises(InvalidRequest):
            decode(encoded)
