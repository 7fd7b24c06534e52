"""How good the pick is, measured on recorded answers with real labels. Reads only; nothing recorded is kept here."""
