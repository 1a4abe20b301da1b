"""A script of one line of its own: everything else is in a module beside it."""

import asyncio

import parts

if __name__ == "__main__":
    asyncio.run(parts.main())
