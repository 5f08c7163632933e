# The pipeline in a container, with the packages of requirements.lock. Not built by the project's own checks; a test
# keeps it in agreement with the lock.
#
#   docker build -t pd1-dynamics .
#   docker run --rm -v "$PWD/results:/project/results" pd1-dynamics                              (make results)
#   docker run --rm -v "$PWD/results:/project/results" -v "$PWD/mine:/mine" pd1-dynamics make results COHORT=/mine/mine.yaml
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends make git \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /project
COPY pyproject.toml requirements.lock README.md LICENSE Makefile ./
COPY src src
COPY config config
COPY workflow/schemas workflow/schemas
RUN make environment

COPY . .
CMD ["make", "results"]
