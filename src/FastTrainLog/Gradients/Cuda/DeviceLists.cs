using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>The list of tensors that a device knows, and the memory that lists have taken.</summary>
/// <remarks>
/// The device is told of the list only when it changes: all of it when a length, a type or a name did, the addresses alone when
/// pointers did. Memory that grew out of use is kept until <see cref="Free"/>, because freeing it would wait for the device, and so is that of a
/// list that was captured: a graph reads it at every replay, so the list that comes next gets memory of its own.
/// </remarks>
/// <param name="device">The device, whose context is entered by the caller of every method.</param>
/// <param name="tuning">Sizes.</param>
/// <param name="reader">Gets a ring for each size of list and the names of each list.</param>
internal sealed unsafe class DeviceLists(CudaDevice device, CudaTuning tuning, StatisticsReader reader)
{
    private readonly List<ulong> _allocations = [];
    private readonly StagingBuffers _staging = new(device);
    private CudaWorkspace _workspace;
    private ChunkPlan? _plan;
    private bool _stale;

    private bool IsCaptured => reader.NewestList is { Captured: true };

    /// <summary>Makes a list of gradients the one that the device knows.</summary>
    /// <param name="gradients">The gradients, all on this device.</param>
    /// <param name="stream">The stream of the step.</param>
    /// <param name="capturing">Whether the stream is being captured: then the list must be known.</param>
    /// <param name="launch">The kernels' parameters, which get its addresses and sizes.</param>
    public void Take(ReadOnlySpan<GradientBuffer> gradients, nint stream, bool capturing, ref KernelLaunch launch)
    {
        // A list refused half-way leaves the plan with pointers that the device has not been told of.
        bool stale = _stale;
        _stale = true;
        bool moved = false;
        if (_plan is null || !_plan.TryTakePointers(gradients, device.Ordinal, out moved))
        {
            ChunkPlan plan = ChunkPlan.Of(gradients, device.Ordinal, tuning.ChunkBytes);
            RequireNoCapture(capturing);
            TakePlan(plan, stream, ref launch);
            Upload(plan, withChunks: true, launch.Tensors, stream);
            _plan = plan;
        }
        else if (moved || stale)
        {
            RequireNoCapture(capturing);
            bool captured = IsCaptured;
            if (captured)
            {
                TakePlan(_plan, stream, ref launch);
            }

            Upload(_plan, withChunks: captured, launch.Tensors, stream);
        }

        _stale = false;

        if (capturing)
        {
            reader.NewestList!.Captured = true;
        }
    }

    /// <summary>Refuses to tell the device anything new while its stream is captured.</summary>
    public static void RequireNoCapture(bool capturing)
    {
        if (capturing)
        {
            throw new InvalidOperationException(
                "The stream is being captured and the gradients are not those of the step before. Clip the same tensors once on the stream " +
                "before cuStreamBeginCapture, and keep their memory (optimizer.zero_grad with set_to_none: false).");
        }
    }

    /// <summary>Allocates memory of the device that is kept until <see cref="Free"/>.</summary>
    public ulong Allocate(long bytes)
    {
        ulong address = device.Allocate(bytes);
        _allocations.Add(address);
        return address;
    }

    /// <summary>Sets memory of the device to zero, in the order of the stream.</summary>
    public void Clear(ulong address, long bytes, nint stream)
        => device.Driver.Check(device.Driver.MemsetD8Async(address, 0, (nuint)bytes, stream), "cuMemsetD8Async");

    /// <summary>Frees all memory, of the rings too.</summary>
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

        // Empty tensors have no block that would write their sums.
        Clear(_workspace.TensorSums, (long)sizeof(KernelSums) * tensors, stream);

        // Other names start AdaGC's averages again. Those of the same names stay where they are, be it in a workspace that has grown out of use.
        if (!HasNamesOf(plan))
        {
            Clear(_workspace.Averages, sizeof(double) * (tensors + 1L), stream);
            launch.Averages = _workspace.Averages;
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
