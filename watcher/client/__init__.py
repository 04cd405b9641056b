"""The only code that speaks Discord's HTTP."""
