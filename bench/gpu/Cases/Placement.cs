namespace FastTrainLog.GpuBench.Cases;

/// <summary>Where in its allocation a tensor lies; around it are bytes that must not change.</summary>
internal enum Placement
{
    /// <summary>At a 16-byte boundary, with bytes after it.</summary>
    Aligned,

    /// <summary>One to three elements after a boundary, with bytes after it.</summary>
    Shifted,

    /// <summary>So that its last element is the allocation's last; the stand-in driver forbids access to what follows.</summary>
    Flush,
}
