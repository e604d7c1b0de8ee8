"""One file over HTTP, resumed where it was cut."""

from pathlib import Path
from urllib.parse import urlsplit

_CONNECTIONS = 4  # at most, for one call


def download(url: str, part: Path) -> None:
    """Fill `part` with the file at `url`, going on from the bytes that `part` has already.

    When a connection is cut after bytes came, another goes on from there, four in all. Shows a
    progress bar. Raises `requests.RequestException` or OSError; what came is kept in `part`.
    """
    import requests

    for connection in range(1, _CONNECTIONS + 1):
        before = _size(part)
        try:
            return _receive(url, part)
        except requests.RequestException as error:
            if _size(part) == before or connection == _CONNECTIONS:
                raise
            done = f"{_size(part) / 1e6:.1f} MB"
            print(f"{part.stem}: {reason(url, error)} after {done}; going on from there.")


def reason(url: str, error: Exception) -> str:
    """Why a download failed, in a few words for a reader."""
    import requests

    host = urlsplit(url).hostname
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"{host} answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return f"{host} did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"the connection to {host} was cut"
    if isinstance(error, requests.exceptions.SSLError):
        return f"the certificate of {host} was not accepted"
    if isinstance(error, requests.ConnectionError):
        return f"no connection to {host}"
    return str(error)


def _receive(url: str, part: Path) -> None:
    """One connection: ask for what is missing and append it."""
    import requests
    from tqdm.auto import tqdm

    have = _size(part)
    # A range counts bytes of the answer as it is encoded, so ask for the plain file.
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={have}-"}
    with requests.get(url, headers=headers, stream=True, timeout=30) as answer:
        if answer.status_code == 416:  # the server has no more than `part` has
            return
        answer.raise_for_status()
        if answer.status_code != 206:  # a server that knows no ranges sends the whole file
            have = 0
        missing = answer.headers.get("Content-Length")
        total = have + int(missing) if missing else None
        bar = tqdm(desc=part.stem, initial=have, total=total, unit="B", unit_scale=True)
        with bar, part.open("ab" if have else "wb") as file:
            for chunk in answer.iter_content(1 << 16):
                file.write(chunk)
                bar.update(len(chunk))


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
