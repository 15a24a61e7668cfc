"""Times to the second, with their zone; the spaces do not break, so that no list tears a time apart."""

DATETIME_FORMAT = "d\u00a0M\u00a0Y\u00a0H:i:s\u00a0T"
DATE_FORMAT = "d\u00a0M\u00a0Y"
