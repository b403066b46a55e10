"""Pure decisions of the cockpit: pace and forecast, small cells, streets compared fairly."""
