'use strict';

// Uploads a file with ali-oss, part by part, and keeps the checkpoint that progress hands out, as its README shows.

const fs = require('node:fs');
const OSS = require('ali-oss');

const { ENDPOINT, REGION, BUCKET, ID, SECRET, KEY, FILE, PART_SIZE, CHECKPOINT } = process.env;

new OSS({
  endpoint: ENDPOINT, sldEnable: true, secure: false, region: `oss-${REGION}`, bucket: BUCKET,
  accessKeyId: ID, accessKeySecret: SECRET, authorizationV4: true, retryMax: 0
}).multipartUpload(KEY, FILE, {
  partSize: Number(PART_SIZE), parallel: 1,
  progress: (done, checkpoint) => {
    if (checkpoint) fs.writeFileSync(CHECKPOINT, JSON.stringify(checkpoint), { mode: 0o600 });
  }
}).catch(() => {
  process.exitCode = 1;
});
