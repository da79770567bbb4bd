package hasher

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", ":", "md5", "md5:", ":00", "none:", "none:00", "crc64:0000000000000000", "sha1:00",
		"crc32c:0000000", "crc32c:000000000", "crc32c:000000", "crc32c:0000000000", "crc32c:0000000g",
		"crc32c: 00000000", " crc32c:00000000", "crc32c:00000000 ", "crc32c:0x000000", "crc32c:00:00000",
		"md5:1B2M2Y8AsgTpgAmY7PhCfg==",
	} {
		if c, err := Parse(s); err == nil || !c.IsZero() {
			t.Errorf("%q: %v, %v", s, c, err)
		}
	}
	if _, err := Parse("crc32c"); !errors.Is(err, ErrSyntax) {
		t.Errorf("no colon: %v", err)
	}
}

func TestParseTakesEitherCase(t *testing.T) {
	c, err := Parse("CRC64ecma:995DC9bbdf1939FA")
	if err != nil || c.String() != "crc64ecma:995dc9bbdf1939fa" || c.Uint64() != 0x995dc9bbdf1939fa {
		t.Errorf("%v, %v", c, err)
	}
}

func TestChecksumKeepsItsValue(t *testing.T) {
	for _, a := range []Algorithm{XXH3, CRC64ECMA, CRC64NVME, CRC32C, MD5, SHA256} {
		b := bytes.Repeat([]byte{0xa5}, a.Size())
		c, err := FromBytes(a, b)
		if err != nil || !bytes.Equal(c.Bytes(), b) {
			t.Errorf("%s: %v, %v", a, c, err)
		}
		if back, err := Parse(c.String()); err != nil || back != c {
			t.Errorf("%s: %v, %v", c, back, err)
		}
		if a.Size() <= 8 && FromUint64(a, c.Uint64()) != c {
			t.Errorf("%s: not the same from its number", c)
		}
	}
}

func TestNoChecksumEqualsNone(t *testing.T) {
	zero := FromUint64(CRC64ECMA, 0)
	if zero == (Checksum{}) || zero.IsZero() || zero == FromUint64(CRC64NVME, 0) {
		t.Error("the CRC of nothing must differ from no CRC, and from another algorithm's")
	}
	if (Checksum{}).String() != "none" {
		t.Error((Checksum{}).String())
	}
}

// Whatever Parse accepts it gives back, in lower case.
func FuzzParse(f *testing.F) {
	f.Add("md5:d41d8cd98f00b204e9800998ecf8427e")
	f.Add("CRC32C:E3069283")
	f.Add("crc64nvme:")
	f.Add("none:")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			if !c.IsZero() {
				t.Errorf("%q: both %v and %v", s, c, err)
			}
			return
		}
		if c.IsZero() || c.String() != strings.ToLower(s) {
			t.Errorf("%q became %q", s, c)
		}
		if again, err := Parse(c.String()); err != nil || again != c {
			t.Errorf("%q, then %v, %v", s, again, err)
		}
	})
}
