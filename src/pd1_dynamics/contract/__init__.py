"""What a cohort, a study and an output may say: vocabulary, columns, codebook, layouts, schemas.

Everything that the workflow reads before a job runs, and none of it needs pandas.
"""
