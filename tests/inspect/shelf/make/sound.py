"""Sound and film."""

import shutil
import struct
import wave

from tools import change, cut, file, module, path, read, run, write


def ffmpeg(*arguments):
    program = shutil.which("ffmpeg") or module("imageio_ffmpeg").get_ffmpeg_exe()
    run(program, "-loglevel", "error", "-y", *arguments)


def size(name):
    return len(read(name))


def sound(name, **parameters):
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=44100", "-metadata", "title=A tone", "-ac", "2", path(name))


def film(name, *more):
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=1", *more, path(name))


def wav():
    with wave.open(path("a.wav"), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44100)
        out.writeframes(bytes(range(8)))
    return [file("a.wav", {'chunks["fmt "].data.channels': 2, 'chunks["fmt "].data.sample_rate': 44100,
                           'chunks["fmt "].data.bits_per_sample': 16, 'chunks["data"].size': 8})], [
        change(8, b"WAVX", "expected"), cut(30, "needs")]


def avi():
    film("a.avi", "-c:v", "mjpeg", "-c:a", "pcm_s16le")
    return [file("a.avi", {"parts[0].chunks[0].data.chunks[0].data.width": 64,
                           "parts[0].chunks[0].data.chunks[0].data.height": 48,
                           "parts[0].chunks[0].data.chunks[0].data.streams": 2,
                           "parts[0].chunks[0].data.chunks[0].data.microseconds_per_frame": 100000})], [cut(500, "needs")]


def riff():
    # MIDI in RIFF, "Multimedia Programming Interface and Data Specifications 1.0", chapter 3: a type of RIFF without
    # a format of its own here.
    track = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96)
    body = b"RMID" + b"data" + struct.pack("<I", len(track)) + track
    body += b"LIST" + struct.pack("<I", 16) + b"INFO" + b"INAM" + struct.pack("<I", 3) + b"hi\0" + b"\0"
    write("a.rmi", b"RIFF" + struct.pack("<I", len(body)) + body)
    return [file("a.rmi", {"type": "RMID", 'chunks["data"].size': len(track), 'chunks["LIST"].data.chunks["INAM"].text': "hi"})], [cut(30, "needs")]


def aiff():
    sound("a.aiff")
    return [file("a.aiff", {'chunks["COMM"].data.channels': 2, 'chunks["COMM"].data.frames': 22050,
                            'chunks["COMM"].data.bits': 16})], [cut(30, "needs")]


def au():
    sound("a.au")
    return [file("a.au", {"sample_rate": 44100, "channels": 2, "encoding": 3})], [cut(20, "needs")]


def midi():
    mido = module("mido")
    out = mido.MidiFile(ticks_per_beat=96)
    track = mido.MidiTrack()
    out.tracks.append(track)
    track.append(mido.MetaMessage("track_name", name="lead", time=0))
    track.append(mido.MetaMessage("set_tempo", tempo=500000, time=0))
    track.append(mido.Message("note_on", note=60, velocity=64, time=0))
    track.append(mido.Message("note_on", note=64, velocity=65, time=200))
    track.append(mido.Message("note_off", note=60, velocity=0, time=96))
    out.save(path("a.mid"))
    events = "chunks[0].data.events"
    return [file("a.mid", {"header.division": 96, "header.tracks_n": 1, f"{events}[0].data.text": "lead",
                           f"{events}[1].data.microseconds": 500000, f"{events}[2].a": 60, f"{events}[3].delta": 200,
                           f"{events}[3].a": 64, f"{events}[3].status": 0x90})], [change(23, b"\xf1", "no event of a MIDI file"), cut(30, "needs")]


def flac():
    sound("a.flac")
    info = module("mutagen.flac").FLAC(path("a.flac"))
    return [file("a.flac", {"blocks[0].data.stream.sample_rate": info.info.sample_rate,
                            "blocks[0].data.stream.samples": info.info.total_samples,
                            "blocks[0].data.stream.channels_less_one": info.info.channels - 1})], [cut(20, "needs")]


def ogg():
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=44100", "-c:a", "libvorbis", "-ac", "2", path("a.ogg"))
    info = module("mutagen.oggvorbis").OggVorbis(path("a.ogg"))
    return [file("a.ogg", {"pages[0].data.channels": info.info.channels, "pages[0].data.sample_rate": info.info.sample_rate,
                           "pages[0].serial": info.info.serial})], [cut(40, "needs")]


def mp3():
    sound("a.mp3")
    tags = module("mutagen.id3").ID3(path("a.mp3"))
    return [file("a.mp3", {"id3.major": tags.version[1], "id3.body.frames[0].id": "TIT2",
                           "id3.body.frames[0].data.text": str(tags["TIT2"]), "frame.layer": 1})], [cut(12, "needs")]


def mp4():
    # Later versions of ffmpeg count in samples of the sound where nothing is said.
    film("a.mp4", "-movie_timescale", "1000", "-metadata", "title=A film")
    moov = 'boxes["moov"].body.boxes'
    return [file("a.mp4", {'boxes["ftyp"].body.brand': "isom",
                           f'{moov}["mvhd"].body.times.duration': 1000,
                           # The film's track comes first; fixed-point numbers of 16 bits after the point.
                           f'{moov}["trak"].body.boxes["tkhd"].body.width': 64 << 16,
                           f'{moov}["udta"].body.boxes["meta"].body.boxes["hdlr"].body.handler': "mdir"})], [cut(16, "needs")]


def ebml():
    film("a.mkv", "-c:v", "mpeg4", "-c:a", "flac")
    values = {"elements[0].id": 0x1A45DFA3, "elements[1].id": 0x18538067}
    for i, text in ((4, "matroska"),):
        values[f"elements[0].data.elements[{i}].data.text"] = text
    return [file("a.mkv", values)], [cut(100, "needs"), change(0, b"\0", "an element has four bytes at most")]


def flv():
    film("a.flv", "-c:v", "flv1", "-c:a", "pcm_s16le", "-ar", "22050")
    return [file("a.flv", {"flags.has_sound": 1, "flags.has_film": 1, "tags[0].head.kind": 18, "tags[0].time": 0})], [
        change(0, b"x", "expected"), cut(30, "needs")]


def caf():
    sound("a.caf")
    return [file("a.caf", {'chunks["desc"].data.rate': 44100.0, 'chunks["desc"].data.channels': 2, 'chunks["desc"].data.bits': 16,
                           'chunks["desc"].data.codec': "lpcm"})], [change(0, b"x", "expected"), cut(40, "needs")]


def asf():
    film("a.wmv")
    header, stream = "75b22630-668e-11cf-a6d9-00aa0062ce6c", "b7dc0791-a9b7-11cf-8ee6-00c00c205365"
    kind = f'objects["{header}"].data.objects["{stream}"].data.kind'
    return [file("a.wmv", {'objects[0].data.objects["8cabdca1-a947-11cf-8ee4-00c00c205365"].data.file_size': size("a.wmv"),
                           kind: "bc19efc0-5b4d-11cf-a8fd-00805f5c442b"})], [cut(200, "needs")]


def mpegts():
    film("a.ts", "-mpegts_transport_stream_id", "7", "-mpegts_pmt_start_pid", "0x123", "-mpegts_service_id", "5")
    return [file("a.ts", {"packets[1].head.pid": 0, "packets[1].stream": 7, "packets[1].programs[0].program": 5,
                          "packets[1].programs[0].table.pid": 0x123, "packets[-1].sync": 0x47})], [
        cut(300, "needs"), change(188, b"x", "expected")]


def adts():
    sound("a.aac")
    info = module("mutagen.aac").AAC(path("a.aac")).info
    data = read("a.aac")
    frame = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    assert info.sample_rate == 44100 and data[frame:frame + 2] == data[:2]
    return [file("a.aac", {"frames[0].head.rate": 4, "frames[0].head.channels": info.channels, "frames[0].head.size": frame,
                           "frames[1].head.sync": 0xFFF})], [cut(30, "needs"), change(frame, b"x", "sync")]


def ac3():
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=48000", "-b:a", "192k", path("a.ac3"))
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=44100", "-b:a", "96k", path("b.ac3"))
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=48000", "-b:a", "192k", "-c:a", "eac3", path("a.eac3"))
    # A/52, table 5.18: 384 words at 192 kb/s and 48 kHz; 208 or 209 at 96 kb/s and 44.1 kHz.
    data = read("a.eac3")
    words = ((data[2] & 7) << 8 | data[3]) + 1
    assert data[2 * words:2 * words + 2] == b"\x0bw"
    return [file("a.ac3", {"frames[0].kilobits": 192, "frames[0].bytes": 768, "frames[1].sync": 0x0B77, "frames[0].size.rate": 0}),
            file("b.ac3", {"frames[0].kilobits": 96, "frames[0].bytes": 416 + 2 * (read("b.ac3")[4] & 1), "frames[1].sync": 0x0B77}),
            file("a.eac3", {"frames[0].frame.words_less_one": words - 1, "frames[1].sync": 0x0B77})], [
        cut(30, "needs"), change(768, b"x", "expected")]


def w64():
    sound("a.w64")
    kind = 'chunks["20746d66-acf3-11d3-8cd1-00c04f8edb8a"]'
    return [file("a.w64", {"size": size("a.w64"), f"{kind}.data.sample_rate": 44100, f"{kind}.data.channels": 2,
                           f"{kind}.data.bits_per_sample": 16})], [cut(60, "needs"), change(0, b"x", "expected")]
