"""Times to the second; the spaces do not break, so that no list tears a time apart."""

DATETIME_FORMAT = "d\u00a0M\u00a0Y\u00a0H:i:s"
DATE_FORMAT = "d\u00a0M\u00a0Y"
