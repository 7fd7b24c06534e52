"""May this caller ask now: queries a minute and a day by address, and the deployment's money for the day."""
