"""The detector on a cluster: the same pairs as the batch, from a Spark DataFrame of reports.

``rows`` holds what the job writes and needs no Spark; ``worker`` runs in the executors; ``job`` in the driver.
"""
