# The relay: Node.js and one file. `pulumi up` makes that file before it builds this; nothing runs while it is built, so an
# image for ARM64 is only copied together, on any machine. Needs BuildKit, which Docker has.
FROM node:24-slim
WORKDIR /relay
# The mode is the same on every machine, and lets the user below read the file.
COPY --chmod=0644 .bundles/relay.js index.js
ENV NODE_ENV=production
USER node
# ECS does not read this one, but its own in the task definition, which is the same.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "/relay/index.js", "--health"]
CMD ["node", "index.js"]
