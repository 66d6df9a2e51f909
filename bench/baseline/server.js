// SPDX-License-Identifier: MIT
// The usual way to take answers: two workers, each with a pool; a body is checked by Fastify's compiled schema and stored by a
// prepared INSERT of one row into a plain table. No rollups, no retries told apart, no indexes but the primary key.
"use strict";
const cluster = require("node:cluster");
const { randomUUID } = require("node:crypto");

const WORKERS = 2;
const POOL = 16;

const TABLE = `CREATE TABLE IF NOT EXISTS baseline_response (
    id uuid PRIMARY KEY, received_at timestamptz NOT NULL, channel text, region text,
    nps smallint, csat smallint, ces smallint, comment text)`;

const INSERT = {
  name: "insert",
  text: "INSERT INTO baseline_response VALUES ($1, now(), $2, $3, $4, $5, $6, $7)",
};

const score = (minimum, maximum) => ({ type: "integer", minimum, maximum });
const word = { type: "string", minLength: 1, maxLength: 64 };
const BODY = {
  type: "object",
  additionalProperties: false,
  required: ["answers"],
  properties: {
    channel: word,
    region: word,
    comment: { type: "string", maxLength: 4000 },
    answers: {
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      properties: { nps: score(0, 10), csat: score(1, 5), ces: score(1, 7) },
    },
  },
};
const REPLY = { type: "object", properties: { id: { type: "string" }, status: { type: "string" } } };

async function serve(port) {
  const fastify = require("fastify")({ logger: false, keepAliveTimeout: 60000 });
  const pool = new (require("pg").Pool)({ max: POOL });
  fastify.post("/v1/responses", { schema: { body: BODY, response: { 201: REPLY } } }, async (request, reply) => {
    const { channel, region, answers, comment } = request.body;
    const id = randomUUID();
    await pool.query({
      ...INSERT,
      values: [id, channel, region, answers.nps, answers.csat, answers.ces, comment],
    });
    reply.code(201);
    return { id, status: "created" };
  });
  await fastify.listen({ host: "127.0.0.1", port, backlog: 2048 });
}

async function start(port) {
  const client = new (require("pg").Client)();
  await client.connect();
  await client.query("DROP TABLE IF EXISTS baseline_response");
  await client.query(TABLE);
  await client.end();
  let ready = 0;
  cluster.on("listening", () => {
    if (++ready === WORKERS) console.log("ready");
  });
  for (let i = 0; i < WORKERS; i++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
}

const port = Number(process.argv[2]);
(cluster.isPrimary ? start(port) : serve(port)).catch((error) => {
  console.error(error);
  process.exit(1);
});
