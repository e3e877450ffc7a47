namespace FastTrainLog.Gradients.Cuda;

/// <summary>Pinned memory from which tensor lists are uploaded, never overwritten before its upload is complete.</summary>
/// <param name="device">The device; its context must be current in every call.</param>
internal sealed unsafe class StagingBuffers(CudaDevice device)
{
    private readonly CudaDriver _driver = device.Driver;
    private readonly List<StagingBuffer> _buffers = [];

    /// <summary>Issues an upload to the device; does not wait for it.</summary>
    /// <param name="target">The address on the device.</param>
    /// <param name="first">The first part.</param>
    /// <param name="second">The second part.</param>
    /// <param name="stream">The stream.</param>
    /// <exception cref="CudaUnavailableException">A driver call failed.</exception>
    public void Upload(ulong target, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, nint stream)
    {
        int bytes = first.Length + second.Length;
        StagingBuffer staging = Take(bytes);
        var memory = new Span<byte>(staging.Memory, bytes);
        first.CopyTo(memory);
        second.CopyTo(memory[first.Length..]);
        _driver.Check(_driver.MemcpyHtoDAsync(target, staging.Memory, (nuint)bytes, stream), "cuMemcpyHtoDAsync");
        _driver.Check(_driver.EventRecord(staging.Uploaded, stream), "cuEventRecord");
    }

    /// <summary>Frees all buffers; no upload may be in progress.</summary>
    public void Free()
    {
        foreach (StagingBuffer buffer in _buffers)
        {
            _driver.EventDestroy(buffer.Uploaded);
            _driver.MemFreeHost(buffer.Memory);
        }
    }

    // This must not block: if all uploads are still in progress, a buffer is added.
    private StagingBuffer Take(long bytes)
    {
        foreach (StagingBuffer known in _buffers)
        {
            if (known.Bytes >= bytes)
            {
                int result = _driver.EventQuery(known.Uploaded);
                if (result == CudaDriver.Success)
                {
                    return known;
                }

                if (result != CudaDriver.NotReady)
                {
                    _driver.Check(result, "cuEventQuery");
                }
            }
        }

        nint uploaded = device.CreateEvent();
        try
        {
            var added = new StagingBuffer(device.AllocatePinned(bytes, out _), bytes, uploaded);
            _buffers.Add(added);
            return added;
        }
        catch (CudaUnavailableException)
        {
            _driver.EventDestroy(uploaded);
            throw;
        }
    }
}
