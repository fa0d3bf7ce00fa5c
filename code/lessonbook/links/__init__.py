"""External links: where they stand, and whether they still lead somewhere.

`collect` finds them, `settings` reads which to leave alone and why, `ask` asks one server,
`checker` asks all of them politely, `memory` keeps the answers, and `report` tells them.
"""
