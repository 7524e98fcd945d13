"""Bytes of halved characters in an export, as tools leave them that cut texts at a length or write emoji in two parts."""

import codecs
import re

PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")  # one emoji, each half written by itself
HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
CUT = {  # a character whose end is missing before the end of the cell
    "utf-8": re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})(?=[\",;|\t\r\n])"),
    "gb18030": re.compile(rb"[\x81-\xfe](?=[\",;\t\r\n])"),
}


def mended(data, encoding):
    """The text of bytes that are sound but for halves of characters, and how many of these became the replacement character.

    Parameters
    ----------
    data : bytes
    encoding : {"utf-8", "gb18030"}

    Returns
    -------
    (str, int)

    Raises
    ------
    UnicodeDecodeError
        Something else is wrong with them.
    """
    lost = [0]

    def handle(error):
        at = error.start
        if encoding == "utf-8" and (found := PAIR.match(data, at)):
            return found[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode(
                "utf-16"
            ), found.end()
        found = (encoding == "utf-8" and HALF.match(data, at)) or CUT[encoding].match(data, at)
        if not found:
            raise error
        lost[0] += 1
        return "\ufffd", found.end()

    codecs.register_error("cemlab_halves", handle)
    return data.decode(encoding, "cemlab_halves"), lost[0]
