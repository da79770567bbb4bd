package checkpoints

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

const (
	etagA = "D41D8CD98F00B204E9800998ECF8427E"
	etagB = "900150983CD24FB0D6963F7D28E17F72"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// textV1 is a checkpoint as aliyun-oss-go-sdk writes it; change may spoil it before it is signed.
func textV1(change func(text string) string) []byte {
	text := `{"Magic":"FE8BB4EA-B593-4FAC-AD7A-2459A36E2E62","MD5":"","FilePath":"/data/a\u003cb.bin","FileStat":{"Size":262151,` +
		`"LastModified":"2023-11-14T23:13:20.123456789+01:00","MD5":""},"ObjectKey":"some/key","UploadID":"0004B9","Parts":[` +
		`{"Chunk":{"Number":1,"Offset":0,"Size":102400},"Part":{"XMLName":{"Space":"","Local":""},"PartNumber":1,"ETag":"\"` + etagA + `\""},"IsCompleted":true},` +
		`{"Chunk":{"Number":2,"Offset":102400,"Size":102400},"Part":{"XMLName":{"Space":"","Local":""},"PartNumber":0,"ETag":""},"IsCompleted":false},` +
		`{"Chunk":{"Number":3,"Offset":204800,"Size":57351},"Part":{"XMLName":{"Space":"","Local":""},"PartNumber":3,"ETag":"\"` + etagB + `\""},"IsCompleted":true}` +
		`],"CallbackVal":"","CallbackBody":null}`
	if change != nil {
		text = change(text)
	}
	sum := md5.Sum([]byte(text))
	return []byte(strings.Replace(text, `"MD5":""`, `"MD5":"`+base64.StdEncoding.EncodeToString(sum[:])+`"`, 1))
}

func textV2(change func(text string) string) []byte {
	data := `{"FilePath":"/data/a\u003cb.bin","FileMeta":{"Size":262151,"LastModified":"2023-11-14 23:13:20.123456789 +0100 CET"},` +
		`"ObjectInfo":{"Name":"oss://trial/some/key"},"PartSize":102400,"UploadInfo":{"UploadId":"0004B9"}}`
	if change != nil {
		data = change(data)
	}
	sum := md5.Sum([]byte(data))
	return []byte(`{"Magic":"92611BED-89E2-46B6-89E5-72F273D4B0A3","MD5":"` + hex.EncodeToString(sum[:]) + `","Data":` + data + `}`)
}

const (
	textCSharp = "0004B9:fakeMD5::1_0_102400_True_1_" + etagA + "_77,2_102400_102400_False___0,3_204800_57351_True_3_" + etagB + "_78"
	textOld    = "0004B9:fakeMD5:1_0_102400_True_1_" + etagA + ",2_102400_102400_False__,3_204800_57351_True_3_" + etagB
	textAliOSS = `{"file":"/data/a<b.bin","name":"some/key","fileSize":262151,"partSize":102400,"uploadId":"0004B9",` +
		`"doneParts":[{"number":3,"etag":"\"` + etagB + `\""},{"number":1,"etag":"\"` + etagA + `\""}]}`
)

var someParts = []Part{{1, 0, 102400, etagA}, {3, 204800, 57351, etagB}}

func TestEveryClientsCheckpointIsRead(t *testing.T) {
	at := time.Date(2023, 11, 14, 22, 13, 20, 123456789, time.UTC)
	for name, c := range map[string]struct {
		text []byte
		want Checkpoint
	}{
		"go v1":        {textV1(nil), Checkpoint{GoV1, "", "some/key", "0004B9", "/data/a<b.bin", 262151, at, 102400, someParts}},
		"go v2":        {textV2(nil), Checkpoint{GoV2, "trial", "some/key", "0004B9", "/data/a<b.bin", 262151, at, 102400, nil}},
		"ali-oss":      {[]byte(textAliOSS), Checkpoint{AliOSS, "", "some/key", "0004B9", "/data/a<b.bin", 262151, time.Time{}, 102400, someParts}},
		"c#":           {[]byte(textCSharp), Checkpoint{CSharp, "", "", "0004B9", "", 262151, time.Time{}, 102400, someParts}},
		"c# of old":    {[]byte(textOld), Checkpoint{CSharp, "", "", "0004B9", "", 262151, time.Time{}, 102400, someParts}},
		"c# with mark": {[]byte("\ufeff" + textCSharp + "\r\n"), Checkpoint{CSharp, "", "", "0004B9", "", 262151, time.Time{}, 102400, someParts}},
		"java": {file(t, "java.ucp"), Checkpoint{
			Java, "", "some/schlüssel😀", "0004B9895DBBB6EC98E36E", "/data/größe.bin", 262151, at.Truncate(time.Millisecond), 102400, someParts,
		}},
		"c++": {file(t, "cpp.record"), Checkpoint{
			CPP, "trial", "some/<schlüssel>😀", "0004B9", `/data/größe "x".bin`, 262151, at.Truncate(time.Second), 102400, nil,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			got.Modified = got.Modified.UTC()
			if !reflect.DeepEqual(*got, c.want) {
				t.Errorf("got  %+v\nwant %+v", *got, c.want)
			}
		})
	}
}

// The clients' own proof notices a changed byte; so does ours.
func TestCheckpointThatWasChangedIsDamaged(t *testing.T) {
	for name, c := range map[string]struct {
		text     []byte
		old, new string
	}{
		"go v1 key":    {textV1(nil), "some/key", "some/kez"},
		"go v1 no md5": {[]byte(strings.Replace(string(textV1(nil)), `"MD5":"`, `"MD6":"`, 1)), "some/key", "some/key"},
		"go v2 id":     {textV2(nil), "0004B9", "0004B8"},
		"java key":     {file(t, "java.ucp"), "some/s", "some/t"},
		"java etag":    {file(t, "java.ucp"), etagA, etagB},
		"c++ bucket":   {file(t, "cpp.record"), "trial", "other"},
		"c++ md5 gone": {file(t, "cpp.record"), "md5Sum", "md6Sum"},
		"c# part":      {[]byte(textCSharp), "2_102400_102400_False", "2_102400_102400_Perhaps"},
	} {
		text := bytes.Replace(c.text, []byte(c.old), []byte(c.new), 1)
		if cp, err := Parse(text); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %+v, %v", name, cp, err)
		}
	}
}

// A flipped bit anywhere in a checkpoint that proves itself is noticed, or it changes nothing that is read.
func TestFlippedBitIsNoticedOrOfNoMatter(t *testing.T) {
	for name, text := range map[string][]byte{"go v1": textV1(nil), "go v2": textV2(nil), "c++": file(t, "cpp.record")} {
		want, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for i := range text {
			for bit := range 8 {
				spoilt := bytes.Clone(text)
				spoilt[i] ^= 1 << bit
				if got, err := Parse(spoilt); err == nil && !reflect.DeepEqual(got, want) {
					t.Fatalf("%s, byte %d: %+v", name, i, got)
				}
			}
		}
	}
}

// Half a checkpoint is what a full disk or a crash leaves: these clients write over the file that is there.
func TestHalfACheckpointIsNone(t *testing.T) {
	for name, text := range map[string][]byte{
		"go v1": textV1(nil), "go v2": textV2(nil), "c++": file(t, "cpp.record"), "java": file(t, "java.ucp"), "ali-oss": []byte(textAliOSS),
	} {
		for n := range len(text) {
			if cp, err := Parse(text[:n]); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnknown) {
				t.Fatalf("%s, %d bytes: %+v, %v", name, n, cp, err)
			}
		}
		if _, err := Parse(text[:len(text)-1]); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: it is not said to be damaged: %v", name, err)
		}
	}
}

func TestWhatIsNoUploadIsRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":        {"", ErrUnknown},
		"words":          {"hello: world", ErrUnknown},
		"time":           {"12:30:59", ErrUnknown},
		"some json":      {`{"a":1}`, ErrUnknown},
		"a list":         {`[1]`, ErrUnknown},
		"half json":      {`{"a":`, ErrUnknown},
		"java string":    {"\xac\xed\x00\x05t\x00\x01a", ErrUnknown},
		"v1 download":    {`{"Magic":"` + magicOther + `","MD5":"x","FilePath":"a","Object":"b"}`, ErrNotUpload},
		"v1 copy":        {`{"Magic":"` + magicCopy + `"}`, ErrNotUpload},
		"v2 download":    {string(textV2(func(s string) string { return `{"ObjectInfo":{"Name":"oss://b/k"},"DownloadInfo":{"Offset":1}}` })), ErrNotUpload},
		"c++ download":   {`{"opType":"ResumableDownload"}`, ErrNotUpload},
		"c++ what":       {`{"opType":"ResumableSong"}`, ErrUnknown},
		"another magic":  {`{"Magic":"00000000-B593-4FAC-AD7A-2459A36E2E62"}`, ErrUnknown},
		"java, other id": {strings.Replace(string(file(t, "java.ucp")), "KI\x21\xf5", "KI\x21\xf6", 1), ErrDamaged},
	} {
		if cp, err := Parse([]byte(c.text)); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, cp, err)
		}
	}
	if _, err := Parse(make([]byte, MaxSize+1)); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	if _, err := Read(t.TempDir()); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// Signed as it should be, but saying what cannot be.
func TestImpossibleCheckpointIsRefused(t *testing.T) {
	put := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	for name, c := range map[string]struct {
		text []byte
		want error
	}{
		"no upload id":       {textV1(put("0004B9", "")), ErrDamaged},
		"two lines of id":    {textV1(put("0004B9", `a\r\nHost: b`)), ErrDamaged},
		"long id":            {textV2(put("0004B9", strings.Repeat("a", 1025))), ErrDamaged},
		"long key":           {textV1(put("some/key", strings.Repeat("a", 1024))), ErrDamaged},
		"path with a zero":   {textV1(put("/data", `/data\u0000`)), ErrDamaged},
		"no object":          {textV2(put("oss://trial/some/key", "oss://trial")), ErrDamaged},
		"negative size":      {textV2(put("262151", "-2")), ErrDamaged},
		"part size 0":        {textV2(put("102400", "0")), ErrDamaged},
		"huge part size":     {textV2(put("102400", "9000000000000000000")), ErrDamaged},
		"size not a number":  {textV2(put("262151", `"262151"`)), ErrDamaged},
		"uneven parts":       {textV1(put(`"Offset":102400,"Size":102400`, `"Offset":102400,"Size":102399`)), ErrUneven},
		"hole":               {textV1(put(`"Offset":204800`, `"Offset":204801`)), ErrUneven},
		"last part longer":   {textV1(put("57351", "102401")), ErrUneven},
		"numbers go back":    {textV1(put(`"Number":3`, `"Number":1`)), ErrUneven},
		"no parts":           {textV1(func(s string) string { return s[:strings.Index(s, `"Parts"`)] + `"Parts":[]}` }), ErrDamaged},
		"c# uneven":          {[]byte(strings.Replace(textCSharp, "2_102400_102400", "2_102400_1024", 1)), ErrUneven},
		"ali-oss part twice": {[]byte(strings.Replace(textAliOSS, `"number":3`, `"number":1`, 1)), ErrDamaged},
		"ali-oss part 0":     {[]byte(strings.Replace(textAliOSS, `"number":3`, `"number":0`, 1)), ErrDamaged},
		"ali-oss part 9":     {[]byte(strings.Replace(textAliOSS, `"number":3`, `"number":9`, 1)), ErrDamaged},
	} {
		if cp, err := Parse(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, cp, err)
		}
	}
}

// The signature holds over spaces: the client reads the members, not the text.
func TestCheckpointThatWasIndentedIsRead(t *testing.T) {
	for name, text := range map[string][]byte{"go v1": textV1(nil), "go v2": textV2(nil)} {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, text, "", "  "); err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(pretty.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	windows := bytes.ReplaceAll(file(t, "cpp.record"), []byte("\n"), []byte("\r\n"))
	if _, err := Parse(windows); err != nil {
		t.Errorf("c++ on Windows: %v", err)
	}
}

func TestNameOfTheFileTellsTheObject(t *testing.T) {
	up := func(s string) string { return strings.ToUpper(digest(s)) }
	v1, cs := &Checkpoint{Tool: GoV1}, &Checkpoint{Tool: CSharp}
	for _, c := range []struct {
		cp   *Checkpoint
		file string
		want bool
	}{
		{v1, "d/" + digest("/data/a") + "-" + digest("oss://trial/some/key") + ".cp", false},
		{v1, "d/" + digest("/data/a") + "-" + digest("oss://other/some/key") + ".cp", true},
		{v1, "mine.cp", false},
		{cs, up("trial") + "_" + up("some/key"), false},
		{cs, up("other") + "_" + up("some/key"), true},
		{cs, up("trial") + "_" + up("some/kez"), true},
		{cs, "mine", false},
	} {
		if got := c.cp.Contradicts(c.file, "trial", "some/key"); got != c.want {
			t.Errorf("%s: %v", c.file, got)
		}
	}
}
