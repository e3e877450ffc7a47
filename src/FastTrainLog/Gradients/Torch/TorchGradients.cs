using System.Numerics;
using System.Reflection;

namespace FastTrainLog.Gradients;

/// <summary>The gradients of a list of torch parameters, accessed through the parameters' native handles.</summary>
/// <remarks>
/// <para>
/// TorchSharp is not referenced: its native library is found at run time. <see cref="Read"/> queries torch for each gradient in each call, because
/// <c>zero_grad</c> may have released one and <c>backward</c> created another; it allocates nothing. A parameter without a gradient results in an
/// empty buffer.
/// </para>
/// <para>
/// Call it on the training thread only. The caller must keep the parameters alive: the handle of a disposed tensor is not detected.
/// </para>
/// </remarks>
public sealed unsafe class TorchGradients
{
    private const int DeviceCpu = 0;
    private const int DeviceCuda = 1;
    private const int MaximumDimensions = 64;

    private readonly TorchExports _torch;
    private readonly nint[] _parameters;
    private readonly GradientBuffer[] _buffers;

    /// <summary>Initializes a new instance of the <see cref="TorchGradients"/> class.</summary>
    /// <param name="parameters">Each parameter's name and its handle, as in <c>Tensor.Handle</c>.</param>
    /// <param name="torchSharp">TorchSharp's assembly, <c>typeof(TorchSharp.torch).Assembly</c>, next to which its native library is searched.</param>
    /// <exception cref="ArgumentException">A name is null or a handle is 0.</exception>
    /// <exception cref="NotSupportedException">TorchSharp's native library cannot be found or is of an unknown version.</exception>
    public TorchGradients(IReadOnlyList<(string Name, nint Handle)> parameters, Assembly torchSharp)
        : this(parameters, TorchExports.Load(torchSharp))
    {
    }

    internal TorchGradients(IReadOnlyList<(string Name, nint Handle)> parameters, TorchExports torch)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _torch = torch;
        _parameters = new nint[parameters.Count];
        _buffers = new GradientBuffer[parameters.Count];
        for (int i = 0; i < parameters.Count; i++)
        {
            (string name, nint handle) = parameters[i];
            if (name is null || handle == 0)
            {
                throw new ArgumentException(
                    $"Parameter {i} ('{name}') has {(name is null ? "no name" : "the handle 0, that of a disposed tensor")}. " +
                    "List the parameters again after the model has been changed.",
                    nameof(parameters));
            }

            _parameters[i] = handle;
            _buffers[i] = new GradientBuffer(name, 0, 0);
        }
    }

    /// <summary>Finds the current locations of the gradients.</summary>
    /// <returns>One buffer for each parameter, in order; overwritten by the next call.</returns>
    /// <exception cref="NotSupportedException">A gradient is sparse, has gaps, or is of a type or on a device that cannot be clipped.</exception>
    public ReadOnlySpan<GradientBuffer> Read()
    {
        GradientDevice device = GradientDevice.Cpu;
        bool anyAbsent = false;
        for (int i = 0; i < _parameters.Length; i++)
        {
            nint gradient = _torch.Gradient(_parameters[i]);
            if (gradient == 0)
            {
                _buffers[i] = _buffers[i] with { Pointer = 0, Count = 0 };
                anyAbsent = true;
                continue;
            }

            try
            {
                _buffers[i] = Describe(gradient, _buffers[i].Name);
                device = _buffers[i].Device;
            }
            finally
            {
                // Only the handle is released: the parameter keeps the gradient itself.
                _torch.Dispose(gradient);
            }
        }

        // A missing gradient is assigned to the device of the others, because a list is clipped on one device.
        for (int i = 0; anyAbsent && i < _buffers.Length; i++)
        {
            if (_buffers[i].Pointer == 0)
            {
                _buffers[i] = _buffers[i] with { Device = device };
            }
        }

        return _buffers;
    }

    private GradientBuffer Describe(nint gradient, string name)
    {
        if (_torch.IsSparse(gradient) != 0)
        {
            throw new NotSupportedException(
                $"The gradient of '{name}' is sparse. Create the layer with sparse: false, or leave its parameters out of the list.");
        }

        if (_torch.IsContiguous(gradient) == 0 && !IsDense(gradient))
        {
            throw new NotSupportedException(
                $"The gradient of '{name}' has gaps or overlaps in memory. Set it to grad.contiguous() before clipping, or leave the " +
                "parameter out of the list.");
        }

        sbyte type = _torch.ScalarType(gradient);
        int device = _torch.DeviceType(gradient);
        return new GradientBuffer(
            name,
            _torch.Data(gradient),
            _torch.ElementCount(gradient),
            type switch
            {
                5 => GradientType.Float16,
                6 => GradientType.Float32,
                7 => GradientType.Float64,
                15 => GradientType.BFloat16,
                _ => throw new NotSupportedException(
                    $"The gradient of '{name}' has torch's scalar type {type}; only float32, float64, float16 and bfloat16 can be clipped. " +
                    "Leave the parameter out of the list."),
            },
            device switch
            {
                DeviceCpu => GradientDevice.Cpu,
                DeviceCuda => GradientDevice.Cuda(_torch.DeviceIndex(gradient)),
                _ => throw new NotSupportedException(
                    $"The gradient of '{name}' lies on torch's device type {device}; only the CPU and CUDA devices can be clipped. Move " +
                    "the model, or leave the parameter out of the list."),
            });
    }

    /// <summary>
    /// Returns whether the elements fill their memory without gaps in some order, as in the channels-last layout: then clipping, which treats all elements
    /// equally, can traverse the memory linearly.
    /// </summary>
    private bool IsDense(nint gradient)
    {
        long dimensions = _torch.Dimensions(gradient);
        ulong used = 0;
        long filled = 1;
        while (true)
        {
            // The next outer dimension is the one whose stride equals the size filled so far.
            int next = 0;
            while (next < dimensions && ((used >> next & 1) != 0 || !StepsOver(gradient, next, filled)))
            {
                next++;
            }

            if (next == dimensions || next >= MaximumDimensions)
            {
                return BitOperations.PopCount(used) == dimensions;
            }

            used |= 1UL << next;
            filled *= _torch.Size(gradient, next);
        }
    }

    private bool StepsOver(nint gradient, int dimension, long filled)
        => _torch.Size(gradient, dimension) == 1 || _torch.Stride(gradient, dimension) == filled;
}
