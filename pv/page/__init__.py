"""The page that a safety team opens in the morning: what the last runs brought, in one HTML file."""
