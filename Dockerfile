# The image of eni-config-guard: the Node program, the libraries it links to, the bundle. No shell,
# no package manager, nothing to log in to. For amd64 and arm64; no step runs on the target's
# architecture, so neither needs emulation on the other.
#
#   docker build --build-arg VERSION=0.1.0 -t eni-config-guard:0.1.0 .

# The only base image. Behind a registry mirror: --build-arg NODE_IMAGE=<mirror>/node:24-slim
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS node

FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
# A registry mirror for npm: --secret id=npmrc,src=$HOME/.npmrc. It stays out of the image.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Source maps are of use beside the sources, which build the same ones: docs/install.md, "The image".
RUN npm run --silent build && rm dist/*.map
RUN --mount=type=bind,from=node,target=/node sh scripts/image-root.sh /node /image \
    && node scripts/strip-symbols.ts /image/usr/local/bin/node

FROM scratch
COPY --from=build /image/ /
# package.json tells Node that the bundle consists of modules.
COPY --from=build /src/LICENSE /src/package.json /app/
COPY --from=build /src/dist/ /app/dist/

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="eni-config-guard" \
      org.opencontainers.image.description="Admission webhook that guards kube-system/eni-config, the Terway CNI chain of Alibaba Cloud ACK" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

ENV PATH=/usr/local/bin NODE_ENV=production
WORKDIR /app
# By number: only so can the kubelet tell that it is not root.
USER 65532:65532
# Less room for garbage, young and old, than V8 takes by itself: docs/performance.md, "Memory".
ENTRYPOINT ["node", "--max-semi-space-size=4", "--no-separate-gc-phases", "--v8-pool-size=1", "/app/dist/main.js"]
