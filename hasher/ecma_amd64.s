//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Both kernels, in registers:
//
//	AX crc    SI data    CX bytes left    BX constants

#define BEGIN \
	MOVQ crc+0(FP), AX        \
	MOVQ p_base+8(FP), SI     \
	MOVQ p_len+16(FP), CX     \
	LEAQ ·ecmaFold(SB), BX    \
	NOTQ AX

// REDUCE makes the CRC in AX of the last piece, X7, with by128 in X8.
//
// The low half goes 64 bits on: X7 = A*x^64 + B, A low. The quotient of A*x^64 by P is q = A*(x^128/P) / x^64, and
// the remainder is B plus the 64 low terms of q*P. The constants lack bit 64 of their factors, which is the term x^0:
// it does not reach the half that is kept of the first product, and adds q to that of the second.
#define REDUCE \
	MOVO      X7, X9                           \
	PCLMULQDQ $0x10, X8, X9                    \
	PSRLO     $8, X7                           \
	PXOR      X9, X7                           \
	MOVOU     foldConstants_barrett(BX), X10   \
	MOVO      X7, X9                           \
	PCLMULQDQ $0x00, X10, X9                   \
	MOVO      X9, X11                          \
	PCLMULQDQ $0x10, X10, X9                   \
	PXOR      X7, X9                           \
	PSRLO     $8, X9                           \
	PXOR      X11, X9                          \
	MOVQ      X9, AX                           \
	NOTQ      AX

// FOLD1 folds acc, by the multiplier in X8, into the data at off. MOVE1 folds it into another piece and is done
// with it.
#define FOLD1(acc, off) \
	MOVO      acc, X9         \
	MOVOU     off(SI), X10    \
	PCLMULQDQ $0x00, X8, acc  \
	PCLMULQDQ $0x11, X8, X9   \
	PXOR      X10, acc        \
	PXOR      X9, acc

#define MOVE1(acc, into) \
	MOVO      acc, X9         \
	PCLMULQDQ $0x00, X8, acc  \
	PCLMULQDQ $0x11, X8, X9   \
	PXOR      acc, into       \
	PXOR      X9, into

// func foldPCLMULQDQ(crc uint64, p []byte) uint64
TEXT ·foldPCLMULQDQ(SB), NOSPLIT, $0-40
	BEGIN
	MOVQ AX, X8
	CMPQ CX, $128
	JB   short

	MOVOU 0(SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	MOVOU 64(SI), X4
	MOVOU 80(SI), X5
	MOVOU 96(SI), X6
	MOVOU 112(SI), X7
	PXOR  X8, X0
	ADDQ  $128, SI
	SUBQ  $128, CX
	MOVOU foldConstants_by1024(BX), X8
	CMPQ  CX, $128
	JB    join

	PCALIGN $32

loop:
	FOLD1(X0, 0)
	FOLD1(X1, 16)
	FOLD1(X2, 32)
	FOLD1(X3, 48)
	FOLD1(X4, 64)
	FOLD1(X5, 80)
	FOLD1(X6, 96)
	FOLD1(X7, 112)
	ADDQ $128, SI
	SUBQ $128, CX
	CMPQ CX, $128
	JAE  loop

join: // eight pieces become four, two, one
	MOVOU foldConstants_by512(BX), X8
	MOVE1(X0, X4)
	MOVE1(X1, X5)
	MOVE1(X2, X6)
	MOVE1(X3, X7)
	MOVOU foldConstants_by256(BX), X8
	MOVE1(X4, X6)
	MOVE1(X5, X7)
	MOVOU foldConstants_by128(BX), X8
	MOVE1(X6, X7)
	JMP   rest

short: // one piece from the start
	MOVOU (SI), X7
	PXOR  X8, X7
	MOVOU foldConstants_by128(BX), X8
	ADDQ  $16, SI
	SUBQ  $16, CX

rest: // by single pieces
	CMPQ CX, $16
	JB   done
	FOLD1(X7, 0)
	ADDQ $16, SI
	SUBQ $16, CX
	JMP  rest

done:
	REDUCE
	MOVQ AX, ret+32(FP)
	RET

// FOLD4 and MOVE4 are FOLD1 and MOVE1 on four pieces, with the multiplier in every lane of Z8.
#define FOLD4(acc, off) \
	VPCLMULQDQ $0x00, Z8, acc, Z9        \
	VPCLMULQDQ $0x11, Z8, acc, acc       \
	VPTERNLOGQ $0x96, off(SI), Z9, acc

#define MOVE4(acc, into) \
	VPCLMULQDQ $0x00, Z8, acc, Z9    \
	VPCLMULQDQ $0x11, Z8, acc, acc   \
	VPTERNLOGQ $0x96, acc, Z9, into

// func foldVPCLMULQDQ(crc uint64, p []byte) uint64
TEXT ·foldVPCLMULQDQ(SB), NOSPLIT, $0-40
	BEGIN
	VMOVQ     AX, X8
	VMOVDQU64 0(SI), Z0
	VMOVDQU64 64(SI), Z1
	VMOVDQU64 128(SI), Z2
	VMOVDQU64 192(SI), Z3
	VMOVDQU64 256(SI), Z4
	VMOVDQU64 320(SI), Z5
	VMOVDQU64 384(SI), Z6
	VMOVDQU64 448(SI), Z7
	VPXORQ    Z8, Z0, Z0
	ADDQ      $512, SI
	SUBQ      $512, CX
	CMPQ      CX, $512
	JB        join

	VBROADCASTI32X4 foldConstants_by4096(BX), Z8
	PCALIGN         $32

loop:
	FOLD4(Z0, 0)
	FOLD4(Z1, 64)
	FOLD4(Z2, 128)
	FOLD4(Z3, 192)
	FOLD4(Z4, 256)
	FOLD4(Z5, 320)
	FOLD4(Z6, 384)
	FOLD4(Z7, 448)
	ADDQ $512, SI
	SUBQ $512, CX
	CMPQ CX, $512
	JAE  loop

join: // eight times four pieces become four, two, one times four
	VBROADCASTI32X4 foldConstants_by2048(BX), Z8
	MOVE4(Z0, Z4)
	MOVE4(Z1, Z5)
	MOVE4(Z2, Z6)
	MOVE4(Z3, Z7)
	VBROADCASTI32X4 foldConstants_by1024(BX), Z8
	MOVE4(Z4, Z6)
	MOVE4(Z5, Z7)
	VBROADCASTI32X4 foldConstants_by512(BX), Z8
	MOVE4(Z6, Z7)

four: // by four pieces
	CMPQ CX, $64
	JB   lanes
	FOLD4(Z7, 0)
	ADDQ $64, SI
	SUBQ $64, CX
	JMP  four

lanes: // the first three lanes go on to where the fourth is, which stays
	VMOVDQU64     foldConstants_by384(BX), Z8
	VEXTRACTI32X4 $3, Z7, X10
	VPCLMULQDQ    $0x00, Z8, Z7, Z9
	VPCLMULQDQ    $0x11, Z8, Z7, Z7
	VPXORQ        Z9, Z7, Z7
	VEXTRACTI64X4 $1, Z7, Y9
	VPXOR         Y9, Y7, Y7
	VEXTRACTI128  $1, Y7, X9
	VPXOR         X9, X7, X7
	VPXOR         X10, X7, X7
	VZEROUPPER
	MOVOU         foldConstants_by128(BX), X8

rest: // by single pieces
	CMPQ CX, $16
	JB   done
	FOLD1(X7, 0)
	ADDQ $16, SI
	SUBQ $16, CX
	JMP  rest

done:
	REDUCE
	MOVQ AX, ret+32(FP)
	RET
