"""The command line: `sheets-emulator serve`."""

from __future__ import annotations

import argparse
import re
import signal
import sys
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

from .app import App
from .errors import ConfigurationError
from .quota import Quota
from .running import bind, url_of, uvicorn_server
from .seed import seed_workbook
from .server import Server
from .store import Store


def parser() -> argparse.ArgumentParser:
    main_parser = argparse.ArgumentParser(prog="sheets-emulator", description="A local Google Sheets v4 server.")
    main_parser.add_argument("--version", action="version", version=f"sheets-emulator {version('sheets-emulator')}")
    commands = main_parser.add_subparsers(dest="command", required=True)
    serve_parser = commands.add_parser("serve", help="serve until SIGTERM or Ctrl-C")
    serve_parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve_parser.add_argument("--port", type=_port, default=0, help="port to listen on; 0 takes a free one (default)")
    serve_parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep workbooks in this file; without it nothing is kept"
    )
    serve_parser.add_argument(
        "--auth",
        choices=("service-account", "any"),
        default="service-account",
        help="take tokens of the own token endpoint only (default), or any bearer token",
    )
    serve_parser.add_argument(
        "--quota",
        type=_quota,
        default="off",
        metavar="off|default|READS,WRITES",
        help="calls a minute and user (default: off)",
    )
    serve_parser.add_argument(
        "--foreign", action="append", default=[], metavar="ID", help="an id that answers 403: somebody else's workbook"
    )
    serve_parser.add_argument(
        "--seed",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="begin with the workbook of this .xlsx, or of this .json (a body of spreadsheets.create)",
    )
    return main_parser


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 to 65535")
    return int(text)


def _quota(text: str) -> Quota:
    try:
        return Quota.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; answers the exit status. argparse ends the process itself, with 2, on a wrong option."""
    try:
        return serve(parser().parse_args(arguments))
    except ConfigurationError as error:
        sys.stderr.write(f"sheets-emulator: {error}\n")
    return 1


def serve(options: argparse.Namespace) -> int:
    """Serve until a signal; answers 0. Raises ConfigurationError for what can't be used."""
    with closing(Store(options.state)) as store:
        server = Server.create(
            store,
            trust_any=options.auth == "any",
            quota=options.quota,
            foreign=frozenset(options.foreign),
        )
        seeded = [(path, seed_workbook(server, path)) for path in options.seed]
        with bind(options.host, options.port) as listener:
            sys.stdout.write(f"listening on {url_of(listener)}\n")
            for path, spreadsheet_id in seeded:
                sys.stdout.write(f"{path}: {url_of(listener)}/spreadsheets/d/{spreadsheet_id}\n")
            sys.stdout.flush()
            # uvicorn handles the signal, ends its connections and raises it again: the process ends with status 0
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            with suppress(KeyboardInterrupt):
                uvicorn_server(App(server)).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
