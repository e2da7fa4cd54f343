"""A Singer target that keeps one sheet per stream of a Google Sheets workbook equal to its source."""
