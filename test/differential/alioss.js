'use strict';

// Uploads one file with ali-oss, resumably, as its README shows: the checkpoint that progress hands out is kept as
// JSON, and given back by the next run. Exits with 0 if multipartUpload succeeded.

const fs = require('node:fs');
const path = require('node:path');
const OSS = require('ali-oss');

const task = JSON.parse(process.env.INGEST_DIFFERENTIAL_TASK);
const kept = path.join(task.Checkpoint, 'checkpoint.json');

// load returns no checkpoint if there is none, or none that can be parsed.
function load() {
  try {
    return JSON.parse(fs.readFileSync(kept, 'utf8'));
  } catch {
    return undefined;
  }
}

(async () => {
  const client = new OSS({
    endpoint: task.Endpoint.replace('127.0.0.1', 'localhost'), sldEnable: true, secure: false, region: `oss-${task.Region}`,
    bucket: task.Bucket, accessKeyId: task.ID, accessKeySecret: task.Secret, stsToken: task.Token, authorizationV4: true,
    retryMax: 3 // its default is none
  });
  await client.multipartUpload(task.Key, task.File, {
    partSize: task.PartSize, parallel: task.Parallel, checkpoint: load(),
    progress: (done, checkpoint) => {
      if (checkpoint) fs.writeFileSync(kept, JSON.stringify(checkpoint));
    }
  });
  fs.rmSync(kept, { force: true });
})().catch(error => {
  console.error('failed:', error.stack ?? error);
  process.exitCode = 1;
});
