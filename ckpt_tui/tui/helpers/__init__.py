"""What two controllers need: plain classes and functions that know neither screens nor controllers."""
