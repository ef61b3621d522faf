"""System registers: the fields of each, declared once."""
