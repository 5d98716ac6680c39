"""Whether Spark can be tried here; where it cannot, tests that need it say so."""

import importlib.util
import shutil
from typing import Final

import pytest

NO_SPARK: Final = "Apache Spark, or a Java runtime, is not installed: the engine is tried on DuckDB alone."
HAS_SPARK: Final = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
needs_spark = pytest.mark.skipif(not HAS_SPARK, reason=NO_SPARK)
