namespace FastTrainLog.Gradients.Cuda;

/// <summary>Page-locked memory from which one upload of the tensor list is under way, and the event that says when it is free again.</summary>
internal readonly unsafe struct StagingBuffer(void* memory, long bytes, nint uploaded)
{
    public void* Memory => memory;

    public long Bytes => bytes;

    public nint Uploaded => uploaded;
}
