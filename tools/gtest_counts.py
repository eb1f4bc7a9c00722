#!/usr/bin/env python3
"""Runs a GoogleTest program and ends with 'N passed, N failed': gtest_counts.py PROGRAM [ARGUMENTS]

The counts come from its report file, which it writes at the very end: a program that crashes or runs no test at all has failed.
"""
import json
import os
import subprocess
import sys
import tempfile


def main():
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        code = subprocess.run(sys.argv[1:] + [f"--gtest_output=json:{report}", "--gtest_brief=1"]).returncode
        try:
            with open(report, encoding="utf-8") as file:
                result = json.load(file)
        except (OSError, ValueError):
            print(f"{sys.argv[1]} ended with {code} before it was through")
            print("0 passed, 1 failed")
            sys.exit(1)
    cases = [case for suite in result["testsuites"] for case in suite["testsuite"] if case["status"] == "RUN"]
    skipped = [case for case in cases if case["result"] == "SKIPPED"]
    failed = [case for case in cases if case.get("failures")]
    if skipped:
        print(f"{len(skipped)} skipped: {', '.join(c['classname'] + '.' + c['name'] for c in skipped)}")
    if not cases:
        print("no test matches")
    wrong = len(failed) or (0 if cases and code == 0 else 1)
    print(f"{len(cases) - len(skipped) - len(failed)} passed, {wrong} failed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
