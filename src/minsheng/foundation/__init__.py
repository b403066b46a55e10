"""The floor under all rooms: accounts, access, audit, events, jobs, files, calendars, sealing, pages, api."""
