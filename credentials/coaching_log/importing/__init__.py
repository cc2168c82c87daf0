"""Taking over a log kept elsewhere: a CSV or XLSX file in ICF's columns, or with one row a session."""
