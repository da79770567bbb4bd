package com.aliyun.oss.model;
import java.io.Serializable;

// PartETag as a checkpoint of aliyun-oss-java-sdk holds it.
public class PartETag implements Serializable {
    private static final long serialVersionUID = 2471854027355307627L;
    private int partNumber;
    private String eTag;
    private long partSize;
    private Long partCRC;

    public PartETag(int partNumber, String eTag, long partSize, Long partCRC) {
        this.partNumber = partNumber;
        this.eTag = eTag;
        this.partSize = partSize;
        this.partCRC = partCRC;
    }

    @Override
    public int hashCode() {
        return 31 * (31 + (eTag == null ? 0 : eTag.hashCode())) + partNumber;
    }
}
