// Package test is a module of its own, in which others judge what this repository makes: the vendors' clients drive
// the embedded store, an S3 gateway that is not ours takes what our sender sends, and what our senders store is read
// back with the vendors' clients. Its dependencies reach no user of the library.
//
//	ossv1/ ossv2/ alioss/ awss3/ minio/   official clients against devstore
//	versity/                              our S3 sender against versitygw
//	stores/                               our senders against devstore, read back by official clients
//	bulk/                                 the program moves thousands of files into every kind of store; others read back
//	torture/                              the program is killed, starved and lied to, and must lose nothing
//	differential/                         the same faults for the program and for the official clients
//	internal/lab/                         the program, a store and sources, and the judging of a run
//	internal/tamper/                      system calls that fail, kill or lie
//	internal/judge/                       what every client is made to do
//	internal/emulator/                    devstore on a loopback port
//	internal/gateway/                     versitygw on a loopback port
//
// Once its modules are downloaded it runs offline: go test ./...
package test
