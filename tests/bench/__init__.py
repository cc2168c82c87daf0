"""Benchmarks: each page beside a bare Flask page that does the same queries, in the same run."""
