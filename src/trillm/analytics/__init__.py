"""Analytics: what was asked, what it cost, who won."""
