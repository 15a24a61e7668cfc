"""Every address of FlexSync, whoever calls it and whatever is sent to it; all found in the URL resolver."""
