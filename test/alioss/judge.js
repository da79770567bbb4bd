'use strict';

// Makes ali-oss do with a store what a client does. The access comes in the environment; every trial's outcome goes
// to stdout as a line of JSON: {"name": …, "error": …}.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const OSS = require('ali-oss');

const { ENDPOINT, REGION, BUCKET, ID, SECRET } = process.env;
const v4 = process.env.SIGNATURE === 'v4';
const byAddress = ENDPOINT.includes('127.0.0.1');

const open = changes => new OSS({
  endpoint: ENDPOINT, sldEnable: !byAddress, secure: false, region: `oss-${REGION}`, bucket: BUCKET,
  accessKeyId: ID, accessKeySecret: SECRET, authorizationV4: v4, retryMax: 0, ...changes
});
const client = open({});

const awkward = ['a b+c%20?#&\'"<>目录/😀', 'a//b', '+', '%2F', '=?&x=1', "~!*'();:@&=$,[]", 'k'.repeat(1023)];
const digest = data => crypto.createHash('md5').update(data).digest('hex').toUpperCase();
const unquoted = etag => etag.replaceAll('"', '');

// refused demands the store's error with a code.
async function refused(work, code) {
  await assert.rejects(work, error => {
    assert.equal(error.code, code, `${error.code}: ${error.message}`);
    return true;
  });
}

async function holds(key, data) {
  const { content } = await client.get(key);
  assert.ok(content.equals(data), `${key}: ${content.length} other bytes, want ${data.length}`);
}

// pages collects all that list yields, page by page.
async function pages(list) {
  const keys = [];
  const prefixes = [];
  for (let next, more = true; more;) {
    const page = await list(next);
    keys.push(...(page.objects ?? []).map(o => o.name));
    prefixes.push(...(page.prefixes ?? []));
    next = page.nextContinuationToken ?? page.nextMarker;
    more = page.isTruncated === true || page.isTruncated === 'true';
  }
  return { keys, prefixes };
}

const trials = {
  async objects() {
    for (const size of [0, 1, 70_000]) {
      const data = crypto.randomBytes(size);
      const { res } = await client.put('objects/o', data, { mime: 'text/x-trial', meta: { one: '1', two: 'b;c=d' } });
      assert.equal(unquoted(res.headers.etag), digest(data));
      await holds('objects/o', data);
      const head = await client.head('objects/o');
      assert.deepEqual({ ...head.meta }, { one: '1', two: 'b;c=d' });
      assert.equal(head.res.headers['content-type'], 'text/x-trial');
      assert.equal(head.res.headers['content-length'], String(size));
    }
    const { content, res } = await client.get('objects/o', { headers: { Range: 'bytes=10-19' } });
    assert.deepEqual([res.status, content.length], [206, 10]);
    await client.delete('objects/o');
    await refused(client.get('objects/o'), 'NoSuchKey');
    await refused(client.head('objects/o'), 'NoSuchKey');
  },

  async 'awkward keys'() {
    for (const key of awkward) {
      const data = crypto.randomBytes(10);
      await client.put(key, data);
      await holds(key, data);
      const { keys } = await pages(next => client.listV2({ prefix: key, 'continuation-token': next }));
      assert.ok(keys.includes(key), `${key} is listed as ${keys}`);
      await client.copy('copy of awkward', key);
      await holds('copy of awkward', data);
      await client.deleteMulti([key]);
      await refused(client.get(key), 'NoSuchKey');
    }
  },

  async lists() {
    const keys = Array.from({ length: 25 }, (_, i) => `pages/${String(i).padStart(2, '0')}`);
    for (const key of [...keys, 'tree/a/1', 'tree/a/2', 'tree/a-b', 'tree/b/1', 'tree/z']) await client.put(key, Buffer.from(key));
    for (const size of [1, 7, 1000]) {
      const two = await pages(next => client.listV2({ prefix: 'pages/', 'max-keys': size, 'continuation-token': next }));
      const one = await pages(next => client.list({ prefix: 'pages/', 'max-keys': size, ...(next && { marker: next }) }));
      assert.deepEqual([two.keys, one.keys], [keys, keys]);
      const tree = await pages(next => client.listV2({ prefix: 'tree/', delimiter: '/', 'max-keys': size, 'continuation-token': next }));
      assert.deepEqual(tree, { keys: ['tree/a-b', 'tree/z'], prefixes: ['tree/a/', 'tree/b/'] });
    }
  },

  async 'delete many'() {
    for (const key of ['many/a&b', 'many/<c>']) await client.put(key, Buffer.from(key));
    await client.deleteMulti(['many/a&b', 'many/<c>', 'many/absent'], { quiet: true });
    const { keys } = await pages(() => client.listV2({ prefix: 'many/' }));
    assert.deepEqual(keys, []);
  },

  async multipart() {
    const key = 'multipart/a b+目';
    const { uploadId } = await client.initMultipartUpload(key, { mime: 'text/x-trial', meta: { one: '1' } });
    const sizes = { 1: 102_400, 2: 102_407, 5: 3 };
    const data = {};
    const parts = [];
    for (const number of [5, 2, 1]) {
      data[number] = crypto.randomBytes(sizes[number]);
      const sent = await client.uploadPart(key, uploadId, number, data[number], 0, sizes[number]);
      parts.unshift({ number, etag: sent.etag });
    }
    const listed = [];
    for (let marker = 0, more = true; more;) {
      const page = await client.listParts(key, uploadId, { 'max-parts': 1, 'part-number-marker': marker });
      listed.push(...[page.parts].flat().map(p => [Number(p.PartNumber), Number(p.Size), unquoted(p.ETag)]));
      marker = page.nextPartNumberMarker;
      more = page.isTruncated === 'true';
    }
    assert.deepEqual(listed, [1, 2, 5].map(n => [n, sizes[n], digest(data[n])]));
    const open = await client.listUploads({ prefix: 'multipart/', 'max-uploads': 1 });
    assert.deepEqual(open.uploads.map(u => u.uploadId), [uploadId]);
    const { etag } = await client.completeMultipartUpload(key, uploadId, parts);
    assert.equal(unquoted(etag), `${digest([1, 2, 5].map(n => digest(data[n])).join(''))}-3`);
    await holds(key, Buffer.concat([data[1], data[2], data[5]]));
    const head = await client.head(key);
    assert.deepEqual([{ ...head.meta }, head.res.headers['content-type']], [{ one: '1' }, 'text/x-trial']);
    await refused(client.listParts(key, uploadId), 'NoSuchUpload');
  },

  async 'complete refusals'() {
    const { uploadId } = await client.initMultipartUpload('refusals/o');
    const send = (number, size) => client.uploadPart('refusals/o', uploadId, number, Buffer.alloc(size), 0, size);
    const parts = [];
    for (const [number, size] of [[1, 102_399], [2, 3]]) parts.push({ number, etag: (await send(number, size)).etag });
    await refused(client.completeMultipartUpload('refusals/o', uploadId, parts), 'EntityTooSmall');
    await refused(client.completeMultipartUpload('refusals/o', uploadId, [{ number: 9, etag: parts[0].etag }]), 'InvalidPart');
    await client.abortMultipartUpload('refusals/o', uploadId);
    await refused(send(1, 3), 'NoSuchUpload');
  },

  // The client's own uploader is stopped after four parts and goes on from its checkpoint.
  async resume() {
    const data = crypto.randomBytes(1_000_000);
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'alioss-'));
    const file = path.join(dir, 'file');
    fs.writeFileSync(file, data);
    let checkpoint;
    const stopping = open({});
    const progress = (done, reached) => {
      checkpoint = reached;
      if (reached && reached.doneParts.length === 4) stopping.cancel();
    };
    const options = { partSize: 102_400, parallel: 1 };
    await assert.rejects(stopping.multipartUpload('resumed', file, { ...options, progress }), { name: 'cancel' });
    assert.equal(checkpoint.doneParts.length, 4);
    await client.multipartUpload('resumed', file, { ...options, checkpoint });
    await holds('resumed', data);
    fs.rmSync(dir, { recursive: true });
  },

  async presigned() {
    const key = 'presigned/a b+目/%';
    const sign = method => v4
      ? client.signatureUrlV4(method, 60, undefined, key)
      : client.signatureUrl(key, { method, expires: 60 });
    const put = await fetch(await sign('PUT'), { method: 'PUT', body: Buffer.from('bytes') });
    assert.equal(put.status, 200, await put.text());
    const got = await fetch(await sign('GET'));
    assert.deepEqual([got.status, await got.text()], [200, 'bytes']);
    const other = await fetch((await sign('GET')).replace('?', 'x?'));
    assert.equal(other.status, 403);
    assert.match(await other.text(), /SignatureDoesNotMatch/);
  },

  // What the application says is what the client hands out, with the status of the upload.
  async callback() {
    const told = [];
    let status = 200;
    const server = http.createServer((request, answer) => {
      let body = '';
      request.on('data', piece => { body += piece; });
      request.on('end', () => {
        told.push(body);
        const said = JSON.stringify({ taken: true });
        answer.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': said.length });
        answer.end(said);
      });
    });
    await new Promise(resolve => { server.listen(0, '127.0.0.1', resolve); });
    try {
      const callback = {
        url: `http://127.0.0.1:${server.address().port}/told`, contentType: 'application/json',
        body: '{"object":${object},"size":${size},"mine":${x:mine}}', customValue: { mine: 'yes' }
      };
      const put = await client.put('callback/put', Buffer.from('bytes'), { callback });
      const { uploadId } = await client.initMultipartUpload('callback/completed');
      const part = await client.uploadPart('callback/completed', uploadId, 1, Buffer.from('bytes'), 0, 5);
      const done = await client.completeMultipartUpload('callback/completed', uploadId, [{ number: 1, etag: part.etag }], { callback });
      assert.deepEqual([put.data, done.data], [{ taken: true }, { taken: true }]);
      assert.deepEqual(told, ['put', 'completed'].map(k => `{"object":"callback/${k}","size":5,"mine":"yes"}`));
      status = 418;
      await refused(client.put('callback/kept', Buffer.from('bytes'), { callback }), 'CallbackFailed');
      await client.head('callback/kept');
    } finally {
      await new Promise(resolve => { server.close(resolve); });
    }
  },

  async wishes() {
    const headers = {
      'x-oss-storage-class': 'IA', 'x-oss-object-acl': 'public-read', 'x-oss-tagging': 'a=b&c=d%20e', 'Cache-Control': 'no-cache',
      'x-oss-server-side-encryption': 'AES256', 'x-oss-forbid-overwrite': 'true'
    };
    const put = () => client.put('wishes/put', Buffer.from('bytes'), { headers: { ...headers } });
    await put();
    const head = (await client.head('wishes/put')).res.headers;
    assert.deepEqual([head['x-oss-storage-class'], head['cache-control'], head['x-oss-server-side-encryption']], ['IA', 'no-cache', 'AES256']);
    assert.equal((await client.getACL('wishes/put')).acl, 'public-read');
    assert.deepEqual({ ...(await client.getObjectTagging('wishes/put')).tag }, { a: 'b', c: 'd e' });
    await refused(put(), 'FileAlreadyExists');
    await refused(client.initMultipartUpload('wishes/put', { headers: { 'x-oss-forbid-overwrite': 'true' } }), 'FileAlreadyExists');
    await refused(client.put('wishes/slow', Buffer.from('bytes'), { headers: { 'x-oss-traffic-limit': '1' } }), 'InvalidArgument');
    await client.putBucketVersioning(BUCKET, 'Enabled');
    assert.equal((await client.getBucketVersioning(BUCKET)).versionStatus, 'Enabled');
    await put();
  },

  async 'temporary keys'() {
    const { FRESH_ID, STALE_ID, TEMPORARY_SECRET, TOKEN } = process.env;
    const temporary = id => open({ accessKeyId: id, accessKeySecret: TEMPORARY_SECRET, stsToken: TOKEN, refreshSTSToken: () => ({}) });
    await temporary(FRESH_ID).put('temporary/o', Buffer.from('bytes'));
    await refused(temporary(STALE_ID).put('temporary/o', Buffer.from('bytes')), 'SecurityTokenExpired');
    await refused(open({ accessKeyId: FRESH_ID, accessKeySecret: TEMPORARY_SECRET, stsToken: 'another' }).get('temporary/o'), 'InvalidAccessKeyId');
  },

  async 'access refusals'() {
    for (const [code, changes] of Object.entries({
      SignatureDoesNotMatch: { accessKeySecret: `${SECRET}x` },
      InvalidAccessKeyId: { accessKeyId: `${ID}x` },
      NoSuchBucket: { bucket: 'no-such-bucket' }
    })) {
      const spoilt = open(changes);
      await refused(spoilt.put('access/o', Buffer.from('x')), code);
      await refused(spoilt.get('access/o'), code);
      await refused(spoilt.listV2({ 'max-keys': 1 }), code);
    }
  }
};

if (byAddress) delete trials.presigned; // the client knows no URL for a bucket at an address

(async () => {
  for (const [name, trial] of Object.entries(trials)) {
    const error = await trial().then(() => undefined, e => e.stack);
    console.log(JSON.stringify({ name, error }));
  }
})();
