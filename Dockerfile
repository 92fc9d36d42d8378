# Self-hosting on one node: the same bundles as on Cloudflare, in workerd. Untested with a container engine; see README.md.
FROM node:24-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts/ensure-installed.mjs scripts/
# Also writes the stamp that keeps `npm run` from installing again.
RUN node scripts/ensure-installed.mjs && npm cache clean --force
COPY . .
RUN npm run build && mkdir -p /data && chown -R node:node /data /app/dist /app/node_modules/.spawnpoint-lock-sha256
USER node
ENV HOST=0.0.0.0 PORT=8787 STATE_DIR=/data
VOLUME /data
EXPOSE 8787
# Keys: docker exec <container> npm run key -- create --scope read,run,feedback
CMD ["npm", "run", "serve"]
