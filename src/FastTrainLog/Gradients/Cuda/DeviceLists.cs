using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>The list of tensors that was uploaded to a device, and the memory of such lists.</summary>
/// <remarks>
/// The list is uploaded to the device only if it changes: all of it if a length, a type or a name changed, only the addresses if
/// pointers changed. Memory that was replaced by a larger allocation is kept until <see cref="Free"/>, because freeing it would wait for the device. So is the memory of a
/// captured list: a graph reads it at every replay, so the next list gets its own memory.
/// </remarks>
/// <param name="device">The device, whose context is entered by the caller of every method.</param>
/// <param name="tuning">Sizes.</param>
/// <param name="reader">Receives a ring for each size of list and the names of each list.</param>
internal sealed unsafe class DeviceLists(CudaDevice device, CudaTuning tuning, StatisticsReader reader)
{
    private readonly List<ulong> _allocations = [];
    private readonly StagingBuffers _staging = new(device);
    private CudaWorkspace _workspace;
    private readonly DistinctGradients _list = new();
    private ChunkPlan? _plan;
    private ListChange _untold = ListChange.Shape; // the change not yet uploaded to the device

    /// <summary>Gets or sets the layers and averages of AdaGC to continue from, until a list has been taken.</summary>
    public LimitState? Loaded { get; set; }

    private bool IsCaptured => reader.NewestList is { Captured: true };

    /// <summary>Makes a list of gradients the current one of the device.</summary>
    /// <param name="gradients">The gradients, all on this device.</param>
    /// <param name="stream">The stream of the step.</param>
    /// <param name="capturing">Whether the stream is being captured: then the list must be known.</param>
    /// <param name="launch">The kernels' parameters, in which its addresses and sizes are set.</param>
    /// <exception cref="ArgumentException">A buffer is invalid, is on another device, or partly overlaps another; the message names it.</exception>
    public void Take(ReadOnlySpan<GradientBuffer> gradients, nint stream, bool capturing, ref KernelLaunch launch)
    {
        _untold = (ListChange)Math.Max((int)_untold, (int)_list.Take(gradients, GradientDevice.Cuda(device.Ordinal)));
        if (_untold != ListChange.None)
        {
            RequireNoCapture(capturing);
            Tell(stream, ref launch);
            _untold = ListChange.None;
        }

        if (capturing)
        {
            reader.NewestList!.Captured = true;
        }
    }

    /// <summary>Throws if the stream is being captured, because uploads are not possible then.</summary>
    public static void RequireNoCapture(bool capturing)
    {
        if (capturing)
        {
            throw new InvalidOperationException(
                "The stream is being captured and the gradients are not those of the step before. Clip the same tensors once on the stream " +
                "before cuStreamBeginCapture, and keep their memory (optimizer.zero_grad with set_to_none: false).");
        }
    }

    /// <summary>Allocates device memory that is kept until <see cref="Free"/>.</summary>
    public ulong Allocate(long bytes)
    {
        ulong address = device.Allocate(bytes);
        _allocations.Add(address);
        return address;
    }

    /// <summary>Sets device memory to zero, in stream order.</summary>
    public void Clear(ulong address, long bytes, nint stream)
        => device.Driver.Check(device.Driver.MemsetD8Async(address, 0, (nuint)bytes, stream), "cuMemsetD8Async");

    /// <summary>Copies to device memory, in stream order.</summary>
    public void Upload(ulong address, ReadOnlySpan<double> values, nint stream) => _staging.Upload(address, MemoryMarshal.AsBytes(values), [], stream);

    /// <summary>Returns the layers and averages of AdaGC; the device must have finished.</summary>
    /// <param name="averages">Their address.</param>
    public LimitState SaveAverages(ulong averages)
    {
        if (_plan is null)
        {
            return Loaded ?? new LimitState { Kind = "AdaGC", Layers = [], Averages = [] };
        }

        var values = new double[1 + _plan.Buffers.Length];
        device.CopyToHost(averages, MemoryMarshal.AsBytes(values.AsSpan()));
        var names = new string[_plan.Buffers.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = _plan.Buffers[i].Name;
        }

        return new LimitState { Kind = "AdaGC", Seen = (long)values[0], Layers = names, Averages = values[1..] };
    }

    /// <summary>Frees all memory, including that of the rings.</summary>
    public void Free()
    {
        foreach (ulong allocation in _allocations)
        {
            device.Driver.MemFree(allocation);
        }

        foreach (StatisticsRing ring in reader.Rings)
        {
            device.Driver.MemFreeHost(ring.Memory);
        }

        foreach (HistogramRing ring in reader.HistogramRings)
        {
            device.Driver.MemFreeHost(ring.Memory);
        }

        _staging.Free();
    }

    private void Tell(nint stream, ref KernelLaunch launch)
    {
        bool anew = _untold == ListChange.Shape || IsCaptured;
        if (_untold == ListChange.Shape)
        {
            var plan = new ChunkPlan(_list.Counted, tuning.ChunkBytes);
            TakePlan(plan, stream, ref launch);
            _plan = plan;
        }
        else
        {
            _plan!.TakeAddresses(_list.Counted);
            if (anew)
            {
                TakePlan(_plan, stream, ref launch);
            }
        }

        Upload(_plan, withChunks: anew, launch.Tensors, stream);
    }

    private void TakePlan(ChunkPlan plan, nint stream, ref KernelLaunch launch)
    {
        int tensors = plan.Tensors.Length;
        bool grows = tensors > _workspace.TensorCapacity || plan.Chunks.Length > _workspace.ChunkCapacity;
        if (grows || IsCaptured)
        {
            int growth = grows ? 2 : 1;
            _workspace = new CudaWorkspace(
                device,
                Math.Max(tensors, growth * _workspace.TensorCapacity),
                Math.Max(plan.Chunks.Length, growth * _workspace.ChunkCapacity),
                histograms: launch.HistogramEvery > 0);
            _allocations.Add(_workspace.Base);
            Clear(_workspace.Base, _workspace.Bytes, stream);
        }

        int room = reader.Rings.IsEmpty ? 0 : reader.Rings[^1].TensorCapacity;
        if (reader.Rings.IsEmpty || tensors > room)
        {
            AddRings(Math.Max(tensors, 2 * room), histograms: launch.HistogramEvery > 0);
        }

        // No block writes the sums of empty tensors.
        Clear(_workspace.TensorSums, (long)sizeof(KernelSums) * tensors, stream);

        // Other names restart AdaGC's averages. With the same names they stay where they are, even in a workspace that has been replaced.
        if (!HasNamesOf(plan))
        {
            Clear(_workspace.Averages, sizeof(double) * (tensors + 1L), stream);
            launch.Averages = _workspace.Averages;
            if (Loaded is { Layers: { } layers } loaded && AreNamesOf(plan, layers))
            {
                Upload(launch.Averages, [loaded.Seen, .. loaded.Averages!], stream);
            }

            Loaded = null;
        }

        AddList(plan);
        StatisticsRing ring = reader.Rings[^1];
        launch.Tensors = _workspace.Tensors;
        launch.Chunks = _workspace.Tensors + (ulong)(sizeof(DeviceTensor) * (long)tensors);
        launch.ChunkSums = _workspace.ChunkSums;
        launch.TensorSums = _workspace.TensorSums;
        launch.Verdicts = _workspace.Verdicts;
        launch.Tickets = _workspace.Tickets;
        launch.Ring = ring.DeviceAddress;
        launch.SlotCount = (uint)ring.Slots;
        launch.SlotBytes = (ulong)ring.SlotBytes;
        if (launch.HistogramEvery > 0)
        {
            HistogramRing histograms = reader.HistogramRings[^1];
            launch.Magnitudes = _workspace.Magnitudes;
            launch.HistogramRing = histograms.DeviceAddress;
            launch.HistogramSlotCount = (uint)histograms.Slots;
            launch.HistogramSlotBytes = (ulong)histograms.SlotBytes;
        }

        launch.List = reader.NewestList!.Id;
        launch.TensorCount = (uint)plan.Buffers.Length;
        launch.ChunkCount = (uint)plan.Chunks.Length;
        launch.FilledTensors = (uint)plan.FilledTensors;
        launch.ChunkBytes = (uint)plan.ChunkBytes;
    }

    private bool HasNamesOf(ChunkPlan plan)
    {
        bool same = _plan is not null && _plan.Buffers.Length == plan.Buffers.Length;
        for (int i = 0; same && i < plan.Buffers.Length; i++)
        {
            same = _plan!.Buffers[i].Name == plan.Buffers[i].Name;
        }

        return same;
    }

    private static bool AreNamesOf(ChunkPlan plan, string[] names)
    {
        bool same = plan.Buffers.Length == names.Length;
        for (int i = 0; same && i < names.Length; i++)
        {
            same = plan.Buffers[i].Name == names[i];
        }

        return same;
    }

    private void AddRings(int tensors, bool histograms)
    {
        if (histograms)
        {
            int histogramSlots = tuning.RingSlots > 0 ? tuning.RingSlots : HistogramRing.SlotsFor(tensors);
            void* room = device.AllocatePinned(HistogramRing.BytesFor(tensors, histogramSlots), out ulong roomAddress);
            reader.Add(new HistogramRing((byte*)room, roomAddress, tensors, histogramSlots));
        }

        int slots = tuning.RingSlots > 0 ? tuning.RingSlots : StatisticsRing.SlotsFor(tensors);
        void* memory = device.AllocatePinned(StatisticsRing.BytesFor(tensors, slots), out ulong deviceAddress);
        reader.Add(new StatisticsRing((byte*)memory, deviceAddress, tensors, slots));
    }

    private void AddList(ChunkPlan plan)
    {
        int tensors = plan.Buffers.Length;
        var names = new string[tensors];
        var counts = new long[tensors];
        for (int i = 0; i < tensors; i++)
        {
            names[i] = plan.Buffers[i].Name;
            counts[i] = plan.Buffers[i].Count;
        }

        reader.Add(new TensorList((reader.NewestList?.Id ?? 0) + 1, names, counts, plan.ElementCount));
    }

    private void Upload(ChunkPlan plan, bool withChunks, ulong tensors, nint stream) => _staging.Upload(
        tensors,
        MemoryMarshal.AsBytes<DeviceTensor>(plan.Tensors),
        withChunks ? MemoryMarshal.AsBytes<uint>(plan.Chunks) : [],
        stream);
}
