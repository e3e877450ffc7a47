using System.Buffers.Binary;
using System.IO.Compression;

namespace FastTrainLog.Tool.Tests.Html;

/// <summary>The pixels of a PNG with 8 bits of red, green and blue, as Chromium writes it.</summary>
internal sealed class PngPicture(int width, int height, int bytesPerPixel, byte[] pixels)
{
    private const int Signature = 8;

    public int Width => width;

    public int Height => height;

    public static PngPicture Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        using var compressed = new MemoryStream();
        int width = 0, height = 0, bytesPerPixel = 0;
        for (int at = Signature; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            ReadOnlySpan<byte> data = file.AsSpan(at + 8, length);
            switch (System.Text.Encoding.ASCII.GetString(file, at + 4, 4))
            {
                case "IHDR":
                    width = BinaryPrimitives.ReadInt32BigEndian(data);
                    height = BinaryPrimitives.ReadInt32BigEndian(data[4..]);
                    bytesPerPixel = data[9] == 6 ? 4 : 3;
                    break;
                case "IDAT":
                    compressed.Write(data);
                    break;
            }

            at += length + 12;
        }

        compressed.Position = 0;
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        return new PngPicture(width, height, bytesPerPixel, Unfilter(inflated, width * bytesPerPixel, height, bytesPerPixel));
    }

    /// <summary>Returns how many pixels have a colour.</summary>
    public int Count(int rgb)
    {
        int count = 0;
        for (int i = 0; i < pixels.Length; i += bytesPerPixel)
        {
            count += ((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]) == rgb ? 1 : 0;
        }

        return count;
    }

    private static byte[] Unfilter(Stream stream, int stride, int height, int bytesPerPixel)
    {
        byte[] pixels = new byte[stride * height];
        for (int row = 0; row < height; row++)
        {
            int filter = stream.ReadByte();
            int start = row * stride;
            stream.ReadExactly(pixels, start, stride);
            for (int i = 0; i < stride; i++)
            {
                int left = i >= bytesPerPixel ? pixels[start + i - bytesPerPixel] : 0;
                int up = row > 0 ? pixels[start + i - stride] : 0;
                int corner = row > 0 && i >= bytesPerPixel ? pixels[start + i - stride - bytesPerPixel] : 0;
                pixels[start + i] += (byte)(filter switch
                {
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => 0,
                });
            }
        }

        return pixels;
    }

    private static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner;
        int toLeft = Math.Abs(estimate - left);
        int toUp = Math.Abs(estimate - up);
        int toCorner = Math.Abs(estimate - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
}
