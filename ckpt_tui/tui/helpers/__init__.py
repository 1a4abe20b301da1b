"""What several controllers of a screen share; a helper knows neither screens nor controllers."""
