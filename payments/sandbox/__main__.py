"""`python -m payments.sandbox`: the local Stripe as a process of its own."""

import argparse
import logging
import signal
import sys
from types import FrameType

from payments.sandbox.serving import bound
from payments.sandbox.settings import SandboxSettings, refuse_production


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="payments.sandbox", description=__doc__)
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (4242)")
    parser.add_argument("--public-url", help="address that buyers see, when it is another")
    parser.add_argument("--webhook-url", help="where events are delivered")
    parser.add_argument("--webhook-secret", help="what events are signed with (whsec_local_stripe)")
    parser.add_argument("--seller", help="the seller's name on the hosted page")
    parser.add_argument("--database", help="PostgreSQL address (DATABASE_URL)")
    parser.add_argument("--api-version", help="version named by events")
    parser.add_argument("--clears-after", type=float, help="seconds until a bank debit clears; 0: by hand")
    return parser.parse_args()


def main() -> int:
    refuse_production()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = SandboxSettings.from_env(**vars(_arguments()))
    if not settings.database:
        print("The local Stripe needs --database or STRIPE_SANDBOX_DATABASE.", file=sys.stderr)
        return 2
    try:
        server, keeper = bound(settings)
    except OSError as error:
        print(f"The local Stripe can't listen on {settings.host}:{settings.port}: {error}", file=sys.stderr)
        return 1
    try:
        signal.signal(signal.SIGTERM, _stop)
        keeper.start()
        print(f"The local Stripe is ready at http://{settings.host}:{server.server_port}", flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        keeper.stop()
        server.server_close()
        keeper.store.close()
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
