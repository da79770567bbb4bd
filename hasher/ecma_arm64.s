//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// In registers:
//
//	R0 crc    R1 data    R2 bytes left    R3 constants    V16 multiplier    V20-V27 data    V28 scratch

// FOLD folds acc, by the multiplier in V16, into data; acc is the sum.
#define FOLD(acc, data) \
	VPMULL  V16.D1, acc.D1, V28.Q1           \
	VPMULL2 V16.D2, acc.D2, acc.Q1           \
	VEOR    data.B16, V28.B16, V28.B16       \
	VEOR    V28.B16, acc.B16, acc.B16

// MOVE folds acc into another piece and is done with it.
#define MOVE(acc, into) \
	VPMULL  V16.D1, acc.D1, V28.Q1           \
	VPMULL2 V16.D2, acc.D2, acc.Q1           \
	VEOR    V28.B16, into.B16, into.B16      \
	VEOR    acc.B16, into.B16, into.B16

// BY loads a multiplier. R4 is lost.
#define BY(field) \
	ADD  $field, R3, R4        \
	VLD1 (R4), [V16.B16]

// func foldPMULL(crc uint64, p []byte) uint64
TEXT ·foldPMULL(SB), NOSPLIT, $0-40
	MOVD crc+0(FP), R0
	MOVD p_base+8(FP), R1
	MOVD p_len+16(FP), R2
	MOVD $·ecmaFold(SB), R3
	MVN  R0, R0
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VMOV R0, V18.D[0]
	CMP  $128, R2
	BLO  short

	VLD1.P 64(R1), [V0.B16, V1.B16, V2.B16, V3.B16]
	VLD1.P 64(R1), [V4.B16, V5.B16, V6.B16, V7.B16]
	VEOR   V18.B16, V0.B16, V0.B16
	SUB    $128, R2, R2
	CMP    $128, R2
	BLO    join
	BY(foldConstants_by1024)
	PCALIGN $16

loop:
	VLD1.P 64(R1), [V20.B16, V21.B16, V22.B16, V23.B16]
	VLD1.P 64(R1), [V24.B16, V25.B16, V26.B16, V27.B16]
	FOLD(V0, V20)
	FOLD(V1, V21)
	FOLD(V2, V22)
	FOLD(V3, V23)
	FOLD(V4, V24)
	FOLD(V5, V25)
	FOLD(V6, V26)
	FOLD(V7, V27)
	SUB $128, R2, R2
	CMP $128, R2
	BHS loop

join: // eight pieces become four, two, one
	BY(foldConstants_by512)
	MOVE(V0, V4)
	MOVE(V1, V5)
	MOVE(V2, V6)
	MOVE(V3, V7)
	BY(foldConstants_by256)
	MOVE(V4, V6)
	MOVE(V5, V7)
	BY(foldConstants_by128)
	MOVE(V6, V7)
	B rest

short: // one piece from the start
	VLD1.P 16(R1), [V7.B16]
	VEOR   V18.B16, V7.B16, V7.B16
	BY(foldConstants_by128)
	SUB    $16, R2, R2

rest: // by single pieces
	CMP    $16, R2
	BLO    reduce
	VLD1.P 16(R1), [V20.B16]
	FOLD(V7, V20)
	SUB    $16, R2, R2
	B      rest

// The low half goes 64 bits on: V7 = A*x^64 + B, A low. The quotient of A*x^64 by P is q = A*(x^128/P) / x^64, the low
// half of V20, and the remainder is B plus the 64 low terms of q*P. The constants lack bit 64 of their factors, which
// is the term x^0: it does not reach the half that is kept of the first product, and adds q to that of the second.
reduce:
	VDUP   V16.D[1], V18.D2
	VPMULL V18.D1, V7.D1, V20.Q1
	VEXT   $8, V17.B16, V7.B16, V7.B16
	VEOR   V20.B16, V7.B16, V7.B16
	BY(foldConstants_barrett)
	VDUP   V16.D[1], V18.D2
	VPMULL V16.D1, V7.D1, V20.Q1
	VPMULL V18.D1, V20.D1, V21.Q1
	VEOR   V7.B16, V21.B16, V21.B16
	VMOV   V21.D[1], R4
	VMOV   V20.D[0], R5
	EOR    R4, R5, R0
	MVN    R0, R0
	MOVD   R0, ret+32(FP)
	RET
