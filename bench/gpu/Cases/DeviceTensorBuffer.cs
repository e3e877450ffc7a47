using FastTrainLog.Gradients;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>One tensor of a case on the device, between bytes that nobody may write.</summary>
internal sealed class DeviceTensorBuffer : IDisposable
{
    private const byte Untouched = 0x5A;
    private const int Margin = 64;

    private readonly BenchDriver _driver;
    private readonly ulong _base;
    private readonly int _before;
    private readonly byte[] _image;

    public DeviceTensorBuffer(BenchDriver driver, byte[] values, GradientType type, Placement placement, int shift)
    {
        _driver = driver;
        int size = Element.SizeOf(type);
        Values = values;
        Type = type;
        int after = placement == Placement.Flush ? 0 : Margin;
        int shifted = placement == Placement.Shifted ? (1 + (shift % 3)) * size % 16 : 0;
        _before = Margin + shifted;

        // The total is a multiple of 16, so that a flush tensor's last byte is the allocation's whatever the allocator rounds to.
        int odd = (_before + values.Length + after) % 16;
        if (odd != 0 && placement == Placement.Flush)
        {
            _before += 16 - odd;
        }
        else if (odd != 0)
        {
            after += 16 - odd;
        }

        _image = new byte[_before + values.Length + after];
        _image.AsSpan().Fill(Untouched);
        values.CopyTo(_image, _before);
        unsafe
        {
            ulong address = 0;
            driver.Driver.Check(driver.Driver.MemAlloc(&address, (nuint)_image.Length), "cuMemAlloc");
            _base = address;
        }

        Restore();
    }

    public byte[] Values { get; }

    public GradientType Type { get; }

    public int Count => Values.Length / Element.SizeOf(Type);

    public nint Address => Count == 0 ? 0 : (nint)(_base + (ulong)_before);

    /// <summary>Gives the tensor other values.</summary>
    public void Write(ReadOnlySpan<byte> values)
    {
        values.CopyTo(Values);
        values.CopyTo(_image.AsSpan(_before));
        Restore();
    }

    /// <summary>Writes the values to the device again.</summary>
    public void Restore() => _driver.Upload(_base, _image);

    /// <summary>Reads the tensor back.</summary>
    /// <param name="intact">Whether the bytes around it are as they were.</param>
    public ReadOnlySpan<byte> Download(out bool intact)
    {
        var now = new byte[_image.Length];
        _driver.Download(_base, now);
        ReadOnlySpan<byte> all = now;
        intact = !all[.._before].ContainsAnyExcept(Untouched) && !all[(_before + Values.Length)..].ContainsAnyExcept(Untouched);
        return all.Slice(_before, Values.Length);
    }

    public void Dispose()
    {
        unsafe
        {
            _driver.Driver.MemFree(_base);
        }
    }
}
