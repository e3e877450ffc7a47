namespace FastTrainLog.Gradients.Cuda;

/// <summary>Page-locked memory for one upload of the tensor list in progress, and the event that is signalled when it is free again.</summary>
internal readonly unsafe struct StagingBuffer(void* memory, long bytes, nint uploaded)
{
    public void* Memory => memory;

    public long Bytes => bytes;

    public nint Uploaded => uploaded;
}
