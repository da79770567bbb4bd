package com.aliyun.oss.internal;
import java.io.*;
import java.util.ArrayList;
import com.aliyun.oss.model.PartETag;

// Writes a checkpoint of OSSUploadOperation: its classes have the names, the fields, the serialVersionUIDs and the
// hash codes of aliyun-oss-java-sdk, which is what a stream of them depends on.
//
//   javac -d classes PartETag.java OSSUploadOperation.java
//   java -cp classes com.aliyun.oss.internal.OSSUploadOperation OUT FILE KEY UPLOADID SIZE PARTSIZE ETAG,ETAG,,ETAG
public class OSSUploadOperation {
    static class UploadCheckPoint implements Serializable {
        private static final long serialVersionUID = 5424904565837227164L;
        public String magic = "FE8BB4EA-B593-4FAC-AD7A-2459A36E2E62";
        public int md5;
        public String uploadFile;
        public FileStat uploadFileStat = new FileStat();
        public String key;
        public String uploadID;
        public ArrayList<UploadPart> uploadParts = new ArrayList<UploadPart>();
        public ArrayList<PartETag> partETags = new ArrayList<PartETag>();
        public long originPartSize;

        @Override
        public int hashCode() {
            int h = 1;
            for (Object o : new Object[] {key, magic, partETags, uploadFile, uploadFileStat, uploadID, uploadParts}) {
                h = 31 * h + (o == null ? 0 : o.hashCode());
            }
            return 31 * h + (int) originPartSize;
        }
    }

    static class FileStat implements Serializable {
        private static final long serialVersionUID = -1223810339796425415L;
        public long size;
        public long lastModified;
        public String digest;

        @Override
        public int hashCode() {
            return 31 * (31 * (31 + (digest == null ? 0 : digest.hashCode())) + Long.hashCode(lastModified)) + Long.hashCode(size);
        }
    }

    static class UploadPart implements Serializable {
        private static final long serialVersionUID = 6692863980224332199L;
        public int number;
        public long offset;
        public long size;
        public boolean isCompleted;
        public long crc;

        @Override
        public int hashCode() {
            int h = 31 + Boolean.hashCode(isCompleted);
            h = 31 * h + number;
            h = 31 * h + Long.hashCode(offset);
            h = 31 * h + Long.hashCode(size);
            return 31 * h + Long.hashCode(crc);
        }
    }

    public static void main(String[] args) throws IOException {
        UploadCheckPoint c = new UploadCheckPoint();
        c.uploadFile = args[1];
        c.key = args[2];
        c.uploadID = args[3];
        c.uploadFileStat.size = Long.parseLong(args[4]);
        c.uploadFileStat.lastModified = 1700000000123L;
        c.originPartSize = Long.parseLong(args[5]);
        String[] etags = args[6].split(",", -1);
        for (int i = 0; (long) i * c.originPartSize < c.uploadFileStat.size; i++) {
            UploadPart p = new UploadPart();
            p.number = i + 1;
            p.offset = i * c.originPartSize;
            p.size = Math.min(c.originPartSize, c.uploadFileStat.size - p.offset);
            p.isCompleted = i < etags.length && !etags[i].isEmpty();
            if (p.isCompleted) {
                p.crc = 0x8000000000000001L + i;
                c.partETags.add(new PartETag(p.number, etags[i], p.size, p.crc));
            }
            c.uploadParts.add(p);
        }
        c.md5 = c.hashCode();
        try (ObjectOutputStream out = new ObjectOutputStream(new FileOutputStream(args[0]))) {
            out.writeObject(c);
        }
    }
}
